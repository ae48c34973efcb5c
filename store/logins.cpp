#include "store/logins.h"

#include "store/sqlite/transaction.h"

namespace mailkeep::store {

namespace {

constexpr const char* kAddLogin = R"sql(
INSERT INTO login (account_id, time, protocol, mechanism, peer, outcome)
SELECT id, ?2, ?3, ?4, ?5, ?6 FROM account WHERE name = ?1)sql";
constexpr const char* kTrim = R"sql(
DELETE FROM login WHERE account_id = (SELECT id FROM account WHERE name = ?1) AND id <= (
  SELECT id FROM login WHERE account_id = (SELECT id FROM account WHERE name = ?1)
  ORDER BY id DESC LIMIT 1 OFFSET ?2))sql";
constexpr const char* kOf = R"sql(
SELECT name, time, protocol, mechanism, peer, outcome
FROM account JOIN login ON account_id = account.id
WHERE name = ?1 ORDER BY login.id DESC)sql";

constexpr const char* kBlockedUntil = R"sql(
SELECT blocked_until FROM login_failure WHERE source = ?1 AND account = ?2)sql";
constexpr const char* kCountFailures = R"sql(
INSERT INTO login_failure (source, account, failures, last, blocked_until)
VALUES (?1, ?2, 1, ?3, 0)
ON CONFLICT (source, account) DO UPDATE SET
  failures = CASE WHEN last < ?4 THEN 1 ELSE failures + 1 END, last = ?3
RETURNING failures)sql";
constexpr const char* kBlock = R"sql(
UPDATE login_failure SET blocked_until = ?3 WHERE source = ?1 AND account = ?2)sql";
constexpr const char* kForget = R"sql(
DELETE FROM login_failure WHERE source = ?1 AND account = ?2)sql";
// full scan: it is asked for by a person
constexpr const char* kBlocked = R"sql(
SELECT source, account, failures, last, blocked_until FROM login_failure
WHERE blocked_until > ?1 ORDER BY source, account)sql";
// full scan: it is asked for by a person
constexpr const char* kUnblock = R"sql(
DELETE FROM login_failure WHERE source = ?1 OR account = ?1)sql";
constexpr const char* kClean = R"sql(
DELETE FROM login_failure WHERE last < ?1 AND blocked_until <= ?2)sql";
// full scan: nobody asks for the number often
constexpr const char* kNumber = R"sql(SELECT count(*) FROM login_failure)sql";
// full scan: of the index, as far as there are too many
constexpr const char* kOldest = R"sql(
DELETE FROM login_failure WHERE last <= (
  SELECT last FROM login_failure ORDER BY last LIMIT 1 OFFSET ?1))sql";

}  // namespace

Logins::Logins(const std::filesystem::path& data_dir)
    : database_(data_dir / "mailkeep.db", sqlite::Open::existing) {
  database_.set_durability(sqlite::Durability::process);
}

void Logins::add(std::span<const LoginRow> rows) {
  if (rows.empty()) return;
  const std::lock_guard lock(mutex_);
  sqlite::Transaction transaction(database_, sqlite::Transaction::Kind::write);
  for (const LoginRow& row : rows) {
    database_.run(kAddLogin, row.account, row.time, row.protocol, row.mechanism, row.peer,
                  row.outcome);
    if (database_.changes() != 0) database_.run(kTrim, row.account, kRowsOfAccount);
  }
  transaction.commit();
}

std::vector<LoginRow> Logins::of(std::string_view account) {
  const std::lock_guard lock(mutex_);
  std::vector<LoginRow> rows;
  sqlite::Query query = database_.query(kOf, account);
  while (query.step()) {
    rows.push_back({.account = std::string(query.text(0)),
                    .time = query.integer(1),
                    .protocol = std::string(query.text(2)),
                    .mechanism = std::string(query.text(3)),
                    .peer = std::string(query.text(4)),
                    .outcome = std::string(query.text(5))});
  }
  return rows;
}

std::int64_t Logins::blocked_until(std::string_view source, std::string_view account) {
  const std::lock_guard lock(mutex_);
  sqlite::Query query = database_.query(kBlockedUntil, source, account);
  return query.step() ? query.integer(0) : 0;
}

std::int64_t Logins::count_failure(std::string_view source, std::string_view account,
                                   std::int64_t now, std::int64_t since) {
  const std::lock_guard lock(mutex_);
  sqlite::Query query = database_.query(kCountFailures, source, account, now, since);
  query.step();
  const std::int64_t failures = query.integer(0);
  query.run();
  return failures;
}

bool Logins::knows(std::string_view source, std::string_view account) {
  const std::lock_guard lock(mutex_);
  return database_.query(kBlockedUntil, source, account).step();
}

void Logins::block(std::string_view source, std::string_view account, std::int64_t until) {
  const std::lock_guard lock(mutex_);
  database_.run(kBlock, source, account, until);
}

void Logins::forget(std::string_view source, std::string_view account) {
  const std::lock_guard lock(mutex_);
  database_.run(kForget, source, account);
}

std::vector<LoginFailures> Logins::blocked(std::int64_t now) {
  const std::lock_guard lock(mutex_);
  std::vector<LoginFailures> list;
  sqlite::Query query = database_.query(kBlocked, now);
  while (query.step()) {
    list.push_back({.source = std::string(query.text(0)),
                    .account = std::string(query.text(1)),
                    .failures = query.integer(2),
                    .last = query.integer(3),
                    .blocked_until = query.integer(4)});
  }
  return list;
}

std::int64_t Logins::unblock(std::string_view source_or_account) {
  const std::lock_guard lock(mutex_);
  database_.run(kUnblock, source_or_account);
  return database_.changes();
}

void Logins::clean(std::int64_t since, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  database_.run(kClean, since, now);
  sqlite::Query number = database_.query(kNumber);
  number.step();
  const std::int64_t excess = number.integer(0) - kMaxFailures;
  number.reset();
  if (excess > 0) database_.run(kOldest, excess - 1);
}

}  // namespace mailkeep::store
