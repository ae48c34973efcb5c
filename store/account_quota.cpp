// QUOTA: limits and what is used.
#include "store/account_impl.h"
#include "store/quota_check.h"

namespace mailkeep::store {

namespace {

constexpr const char* kQuota = R"sql(
SELECT quota_bytes, quota_messages, quota_mailboxes, used_bytes, used_messages, used_mailboxes
FROM account_state WHERE id = 1)sql";

constexpr const char* kSetBytes = R"sql(UPDATE account_state SET quota_bytes = ?1 WHERE id = 1)sql";
constexpr const char* kSetMessages =
    R"sql(UPDATE account_state SET quota_messages = ?1 WHERE id = 1)sql";
constexpr const char* kSetMailboxes =
    R"sql(UPDATE account_state SET quota_mailboxes = ?1 WHERE id = 1)sql";

constexpr std::uint64_t kMaxLimit = (std::uint64_t{1} << 63) - 1;  // RFC 9208 7: number64

void save_limit(sqlite::Database& database, const char* sql, std::optional<std::uint64_t> limit) {
  if (limit) {
    database.run(sql, std::min(*limit, kMaxLimit));
  } else {
    database.run(sql, sqlite::Null{});
  }
}

bool is_beyond(std::optional<std::uint64_t> limit, std::uint64_t used, std::uint64_t more) {
  return limit && more > 0 && (used > *limit || more > *limit - used);
}

}  // namespace

Quota load_quota(sqlite::Database& database) {
  sqlite::Query query = database.query(kQuota);
  if (!query.step()) throw sqlite::Error(sqlite::ErrorKind::damaged, "account_state has no row");
  auto limit = [&](int column) -> std::optional<std::uint64_t> {
    if (query.is_null(column)) return std::nullopt;
    return static_cast<std::uint64_t>(query.integer(column));
  };
  auto number = [&](int column) { return static_cast<std::uint64_t>(query.integer(column)); };
  return {{limit(0), limit(1), limit(2)}, {number(3), number(4), number(5)}};
}

bool is_over_quota(sqlite::Database& database, const QuotaUsage& more) {
  const Quota quota = load_quota(database);
  return is_beyond(quota.limits.bytes, quota.usage.bytes, more.bytes) ||
         is_beyond(quota.limits.messages, quota.usage.messages, more.messages) ||
         is_beyond(quota.limits.mailboxes, quota.usage.mailboxes, more.mailboxes);
}

StoreResult<Quota> AccountImpl::quota() {
  return read(
      [](sqlite::Database& database) -> StoreResult<Quota> { return load_quota(database); });
}

StoreResult<void> AccountImpl::set_quota(const QuotaLimits& limits) {
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<void> {
    save_limit(context.database, kSetBytes, limits.bytes);
    save_limit(context.database, kSetMessages, limits.messages);
    save_limit(context.database, kSetMailboxes, limits.mailboxes);
    return {};
  });
}

}  // namespace mailkeep::store
