#include "store/directory.h"

#include <algorithm>

#include "mime/text/charset.h"
#include "store/message_change.h"
#include "store/schema/schema.h"
#include "store/sqlite/transaction.h"

namespace mailkeep::store {

namespace {

constexpr std::size_t kMaxNameBytes = 255;

constexpr const char* kInsert = R"sql(
INSERT INTO account (name, created, iterations, salt, stored_key, server_key)
VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql";
constexpr const char* kSetPassword = R"sql(
UPDATE account SET iterations = ?2, salt = ?3, stored_key = ?4, server_key = ?5
WHERE name = ?1)sql";
constexpr const char* kRemoveAccount = R"sql(DELETE FROM account WHERE id = ?1)sql";
// full scan: it is the list of all accounts
constexpr const char* kAll = R"sql(SELECT id, name, suspended FROM account ORDER BY name)sql";
constexpr const char* kClosings = R"sql(SELECT changes FROM closing WHERE id = 1)sql";
constexpr const char* kIsSuspended = R"sql(SELECT suspended FROM account WHERE id = ?1)sql";
constexpr const char* kFindAccount =
    R"sql(SELECT id, name, suspended FROM account WHERE name = ?1)sql";
constexpr const char* kPassword = R"sql(
SELECT iterations, salt, stored_key, server_key FROM account WHERE name = ?1)sql";

constexpr const char* kForgetKeys = R"sql(
DELETE FROM scram_key WHERE account_id = ?1 AND app_password_id = 0)sql";
constexpr const char* kAddKeys = R"sql(
INSERT INTO scram_key (account_id, app_password_id, hash, iterations, salt, stored_key, server_key)
VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6))sql";
constexpr const char* kScramKeys = R"sql(
SELECT hash, scram_key.iterations, scram_key.salt, scram_key.stored_key, scram_key.server_key
FROM scram_key JOIN account ON account.id = account_id
WHERE name = ?1 AND app_password_id = 0 ORDER BY hash)sql";

constexpr const char* kShare = R"sql(
INSERT OR IGNORE INTO shared_mailbox (identifier, account_id, mailbox_id)
VALUES (?1, ?2, ?3))sql";
constexpr const char* kUnshare = R"sql(
DELETE FROM shared_mailbox WHERE identifier = ?1 AND account_id = ?2 AND mailbox_id = ?3)sql";
constexpr const char* kSharedWith = R"sql(
SELECT DISTINCT account_id, account.name, mailbox_id
FROM shared_mailbox JOIN account ON account.id = account_id
WHERE identifier IN (?1, ?2) AND account.name <> ?1 AND suspended = 0
ORDER BY account.name, mailbox_id)sql";
// full scan: accounts are removed seldom
constexpr const char* kUnshareAll = R"sql(DELETE FROM shared_mailbox WHERE account_id = ?1)sql";

constexpr const char* kSetting = R"sql(
SELECT value FROM account_setting WHERE account_id = ?1 AND name = ?2)sql";
constexpr const char* kSetSetting = R"sql(
INSERT OR REPLACE INTO account_setting (account_id, name, value) VALUES (?1, ?2, ?3))sql";
constexpr const char* kForgetSettings = R"sql(
DELETE FROM account_setting WHERE account_id = ?1)sql";

bool is_valid_name(std::string_view name) {
  auto is_control = [](char octet) {
    auto value = static_cast<unsigned char>(octet);
    return value < 0x20 || value == 0x7f;
  };
  return !name.empty() && name.size() <= kMaxNameBytes && std::ranges::none_of(name, is_control) &&
         mime::is_valid_utf8(name);
}

AccountInfo read_info(const sqlite::Query& query) {
  return AccountInfo{.id = AccountId{query.integer(0)},
                     .name = std::string(query.text(1)),
                     .suspended = query.integer(2) != 0};
}

constexpr std::uint64_t kDirectoryLogBytes = 1 << 20;

}  // namespace

Directory::Directory(const std::filesystem::path& path) : database_(path, sqlite::Open::create) {
  migrate(database_, directory_schema(), SchemaState::any);
}

std::vector<StoreResult<AccountInfo>> Directory::create(
    std::span<const NewAccount> accounts,
    const std::function<void(const std::vector<AccountId>&)>& prepare) {
  std::vector<StoreResult<AccountInfo>> results;
  std::vector<AccountId> ids;
  std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::write);
  for (const NewAccount& account : accounts) {
    results.push_back(insert(account));
    if (results.back()) ids.push_back(results.back()->id);
  }
  if (ids.empty()) return results;
  prepare(ids);
  transaction.commit();
  return results;
}

StoreResult<AccountInfo> Directory::insert(const NewAccount& account) {
  const std::string_view name = account.name;
  if (!is_valid_name(name)) return std::unexpected(StoreError::invalid_account_name);
  if (database_.query(kFindAccount, name).step())
    return std::unexpected(StoreError::account_exists);
  const PasswordRecord& password = account.password;
  database_.run(kInsert, name, current_time(), password.iterations, sqlite::Blob{password.salt},
                sqlite::Blob{password.stored_key}, sqlite::Blob{password.server_key});
  sqlite::Query query = database_.query(kFindAccount, name);
  query.step();
  AccountInfo info = read_info(query);
  query.reset();
  add_keys(info.id, password);
  return info;
}

void Directory::add_keys(AccountId id, const PasswordRecord& password) {
  for (const ScramKeys& keys : password.others) {
    database_.run(kAddKeys, id.value, static_cast<int>(keys.hash), keys.iterations,
                  sqlite::Blob{keys.salt}, sqlite::Blob{keys.stored_key},
                  sqlite::Blob{keys.server_key});
  }
}

StoreResult<void> Directory::set_password(std::string_view name, const PasswordRecord& password) {
  std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::write);
  sqlite::Query query = database_.query(kFindAccount, name);
  if (!query.step()) return std::unexpected(StoreError::no_such_account);
  const AccountId id{query.integer(0)};
  query.reset();
  database_.run(kSetPassword, name, password.iterations, sqlite::Blob{password.salt},
                sqlite::Blob{password.stored_key}, sqlite::Blob{password.server_key});
  database_.run(kForgetKeys, id.value);
  add_keys(id, password);
  transaction.commit();
  return {};
}

StoreResult<AccountId> Directory::remove(std::string_view name) {
  std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::write);
  sqlite::Query query = database_.query(kFindAccount, name);
  if (!query.step()) return std::unexpected(StoreError::no_such_account);
  AccountId id{query.integer(0)};
  query.reset();
  database_.run(kRemoveAccount, id.value);
  database_.run(kForgetSettings, id.value);
  database_.run(kUnshareAll, id.value);
  transaction.commit();
  return id;
}

std::vector<AccountInfo> Directory::accounts() {
  std::lock_guard lock(mutex_);
  std::vector<AccountInfo> list;
  sqlite::Query query = database_.query(kAll);
  while (query.step()) list.push_back(read_info(query));
  return list;
}

StoreResult<AccountInfo> Directory::find(std::string_view name) {
  std::lock_guard lock(mutex_);
  sqlite::Query query = database_.query(kFindAccount, name);
  if (!query.step()) return std::unexpected(StoreError::no_such_account);
  return read_info(query);
}

std::int64_t Directory::closings() {
  const std::lock_guard lock(mutex_);
  sqlite::Query query = database_.query(kClosings);
  return query.step() ? query.integer(0) : 0;
}

std::optional<bool> Directory::is_suspended(AccountId account) {
  const std::lock_guard lock(mutex_);
  sqlite::Query query = database_.query(kIsSuspended, account.value);
  if (!query.step()) return std::nullopt;
  return query.integer(0) != 0;
}

void Directory::set_shared(AccountId owner, MailboxId mailbox, std::string_view identifier,
                           bool shared) {
  std::lock_guard lock(mutex_);
  database_.run(shared ? kShare : kUnshare, identifier, owner.value, mailbox.value);
}

std::vector<SharedMailbox> Directory::shared_with(std::string_view reader, SharedBy by) {
  std::lock_guard lock(mutex_);
  std::vector<SharedMailbox> list;
  sqlite::Query query =
      database_.query(kSharedWith, reader, by == SharedBy::name ? reader : kAnyone);
  while (query.step()) {
    list.push_back(
        {AccountId{query.integer(0)}, std::string(query.text(1)), MailboxId{query.integer(2)}});
  }
  return list;
}

StoreResult<std::string> Directory::setting(std::string_view account, std::string_view name) {
  std::lock_guard lock(mutex_);
  sqlite::Query found = database_.query(kFindAccount, account);
  if (!found.step()) return std::unexpected(StoreError::no_such_account);
  sqlite::Query query = database_.query(kSetting, found.integer(0), name);
  return query.step() ? std::string(query.text(0)) : std::string();
}

StoreResult<void> Directory::set_setting(std::string_view account, std::string_view name,
                                         std::string_view value) {
  std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::write);
  sqlite::Query found = database_.query(kFindAccount, account);
  if (!found.step()) return std::unexpected(StoreError::no_such_account);
  const std::int64_t id = found.integer(0);
  found.reset();
  database_.run(kSetSetting, id, name, value);
  transaction.commit();
  return {};
}

void Directory::maintain() {
  std::lock_guard lock(mutex_);
  if (database_.log_bytes() >= kDirectoryLogBytes) database_.checkpoint();
}

StoreResult<PasswordRecord> Directory::password_of(std::string_view name) {
  std::lock_guard lock(mutex_);
  sqlite::Query query = database_.query(kPassword, name);
  if (!query.step()) return std::unexpected(StoreError::no_such_account);
  PasswordRecord record{.iterations = static_cast<std::uint32_t>(query.integer(0)),
                        .salt = std::string(query.blob(1)),
                        .stored_key = std::string(query.blob(2)),
                        .server_key = std::string(query.blob(3))};
  sqlite::Query keys = database_.query(kScramKeys, name);
  while (keys.step()) {
    record.others.push_back({.hash = static_cast<ScramHash>(keys.integer(0)),
                             .iterations = static_cast<std::uint32_t>(keys.integer(1)),
                             .salt = std::string(keys.blob(2)),
                             .stored_key = std::string(keys.blob(3)),
                             .server_key = std::string(keys.blob(4))});
  }
  return record;
}

}  // namespace mailkeep::store
