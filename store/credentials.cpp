#include "store/credentials.h"

#include <array>
#include <optional>
#include <stdexcept>

#include <openssl/rand.h>

#include "store/message_change.h"
#include "store/sqlite/transaction.h"

namespace mailkeep::store {

namespace {

constexpr const char* kFindAccountId = R"sql(SELECT id FROM account WHERE name = ?1)sql";
constexpr const char* kSuspend = R"sql(UPDATE account SET suspended = ?2 WHERE name = ?1)sql";

constexpr const char* kCountAppPasswords =
    R"sql(SELECT count(*) FROM app_password WHERE account_id = ?1)sql";
constexpr const char* kAddAppPassword = R"sql(
INSERT OR IGNORE INTO app_password (account_id, name, created, expires, protocols)
VALUES (?1, ?2, ?3, ?4, ?5))sql";
constexpr const char* kFindPassword = R"sql(
SELECT id FROM app_password WHERE account_id = ?1 AND name = ?2)sql";
constexpr const char* kAddAppPasswordKeys = R"sql(
INSERT INTO scram_key (account_id, app_password_id, hash, iterations, salt, stored_key, server_key)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql";
constexpr const char* kRemoveKeys = R"sql(
DELETE FROM scram_key WHERE account_id = ?1 AND app_password_id = ?2)sql";
constexpr const char* kRemoveAppPassword = R"sql(DELETE FROM app_password WHERE id = ?1)sql";
constexpr const char* kAllAppPasswords = R"sql(
SELECT app_password.id, app_password.name, app_password.created, expires, protocols,
  hash, iterations, salt, stored_key, server_key
FROM app_password JOIN scram_key
  ON scram_key.account_id = app_password.account_id AND app_password_id = app_password.id
WHERE app_password.account_id = ?1 ORDER BY app_password.id, hash)sql";

// full scan: ends at the first account that it finds, and is asked seldom
constexpr const char* kAnyWithout = R"sql(
SELECT 1 FROM account WHERE account.iterations > 0 AND NOT EXISTS (
  SELECT 1 FROM scram_key WHERE account_id = account.id AND app_password_id = 0 AND hash = ?1)
LIMIT 1)sql";
constexpr const char* kSecret = R"sql(SELECT value FROM secret WHERE name = ?1)sql";
constexpr const char* kAddSecret = R"sql(
INSERT OR IGNORE INTO secret (name, value) VALUES (?1, ?2))sql";

std::optional<std::int64_t> find(sqlite::Database& database, std::string_view account) {
  sqlite::Query query = database.query(kFindAccountId, account);
  if (!query.step()) return std::nullopt;
  return query.integer(0);
}

}  // namespace

Credentials::Credentials(const std::filesystem::path& data_dir)
    : database_(data_dir / "mailkeep.db", sqlite::Open::existing) {}

StoreResult<bool> Credentials::add_app_password(std::string_view account,
                                                const AppPassword& password) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::write);
  const auto id = find(database_, account);
  if (!id) return std::unexpected(StoreError::no_such_account);
  sqlite::Query count = database_.query(kCountAppPasswords, *id);
  if (!count.step() || count.integer(0) >= static_cast<std::int64_t>(kMaxAppPasswords)) {
    return false;
  }
  count.reset();
  database_.run(kAddAppPassword, *id, password.name, current_time(), password.expires,
                password.protocols);
  if (database_.changes() == 0) return false;
  sqlite::Query made = database_.query(kFindPassword, *id, password.name);
  made.step();
  const std::int64_t made_id = made.integer(0);
  made.reset();
  for (const ScramKeys& keys : password.keys) {
    database_.run(kAddAppPasswordKeys, *id, made_id, static_cast<int>(keys.hash), keys.iterations,
                  sqlite::Blob{keys.salt}, sqlite::Blob{keys.stored_key},
                  sqlite::Blob{keys.server_key});
  }
  transaction.commit();
  return true;
}

StoreResult<bool> Credentials::remove_app_password(std::string_view account,
                                                   std::string_view name) {
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::write);
  const auto id = find(database_, account);
  if (!id) return std::unexpected(StoreError::no_such_account);
  sqlite::Query found = database_.query(kFindPassword, *id, name);
  if (!found.step()) return false;
  const std::int64_t password = found.integer(0);
  found.reset();
  database_.run(kRemoveKeys, *id, password);
  database_.run(kRemoveAppPassword, password);
  transaction.commit();
  return true;
}

std::vector<AppPassword> Credentials::app_passwords(std::string_view account) {
  const std::lock_guard lock(mutex_);
  std::vector<AppPassword> list;
  const auto id = find(database_, account);
  if (!id) return list;
  std::int64_t last = 0;
  sqlite::Query query = database_.query(kAllAppPasswords, *id);
  while (query.step()) {
    if (last != query.integer(0)) {
      list.push_back({.name = std::string(query.text(1)),
                      .created = query.integer(2),
                      .expires = query.integer(3),
                      .protocols = std::string(query.text(4)),
                      .keys = {}});
      last = query.integer(0);
    }
    list.back().keys.push_back({.hash = static_cast<ScramHash>(query.integer(5)),
                                .iterations = static_cast<std::uint32_t>(query.integer(6)),
                                .salt = std::string(query.blob(7)),
                                .stored_key = std::string(query.blob(8)),
                                .server_key = std::string(query.blob(9))});
  }
  return list;
}

StoreResult<void> Credentials::set_suspended(std::string_view account, bool suspended) {
  const std::lock_guard lock(mutex_);
  database_.run(kSuspend, account, suspended);
  if (database_.changes() == 0) return std::unexpected(StoreError::no_such_account);
  return {};
}

bool Credentials::any_without(ScramHash hash) {
  const std::lock_guard lock(mutex_);
  if (hash == ScramHash::sha256) return false;
  return database_.query(kAnyWithout, static_cast<int>(hash)).step();
}

std::string Credentials::secret(std::string_view name) {
  std::array<unsigned char, 32> fresh{};
  if (RAND_bytes(fresh.data(), static_cast<int>(fresh.size())) != 1) {
    throw std::runtime_error("no random numbers for a secret");
  }
  const std::lock_guard lock(mutex_);
  database_.run(kAddSecret, name,
                sqlite::Blob{{reinterpret_cast<const char*>(fresh.data()), fresh.size()}});
  sqlite::Query query = database_.query(kSecret, name);
  query.step();
  return std::string(query.blob(0));
}

}  // namespace mailkeep::store
