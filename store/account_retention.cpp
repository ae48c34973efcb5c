// Removed messages: kept, listed, restored, dropped; and messages that expire.
#include <algorithm>
#include <charconv>

#include "store/account_impl.h"
#include "store/inbox_expiry.h"
#include "store/mailbox_name.h"
#include "store/message_change.h"
#include "store/quota_check.h"
#include "store/removed_row.h"

namespace mailkeep::store {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kInsertRemoved = R"sql(
INSERT INTO removed_message
  (mailbox_id, uid, message_id, flags, size, internal_date, zone, removed_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql";
constexpr const char* kHasRows =
    R"sql(SELECT 1 FROM removed_message WHERE mailbox_id = ?1 LIMIT 1)sql";
constexpr const char* kInsertRemovedMailbox = R"sql(
INSERT OR REPLACE INTO removed_mailbox (mailbox_id, name, removed_at) VALUES (?1, ?2, ?3))sql";
constexpr const char* kMailboxName =
    R"sql(SELECT name FROM removed_mailbox WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteRemovedMailbox =
    R"sql(DELETE FROM removed_mailbox WHERE mailbox_id = ?1)sql";
constexpr const char* kDeleteRemovedKeywords = R"sql(DELETE FROM keyword WHERE mailbox_id = ?1)sql";

// full scan: in the order they were removed, and no further than there are any to drop
constexpr const char* kOldestRemoved =
    R"sql(SELECT id, removed_at, mailbox_id, message_id FROM removed_message ORDER BY id)sql";
constexpr const char* kDelete = R"sql(DELETE FROM removed_message WHERE id = ?1)sql";

// full scan: it is the list of all of them
constexpr const char* kMailboxes = R"sql(
SELECT removed.mailbox_id, ifnull(mailbox.name, removed_mailbox.name), mailbox.id IS NULL,
       count(*), sum(removed.size), min(removed.removed_at), max(removed.removed_at)
FROM removed_message AS removed
LEFT JOIN mailbox ON mailbox.id = removed.mailbox_id
LEFT JOIN removed_mailbox ON removed_mailbox.mailbox_id = removed.mailbox_id
GROUP BY removed.mailbox_id)sql";
constexpr const char* kRemovedMessages = R"sql(
SELECT removed.id, uid, removed.size, internal_date, zone, removed_at, substr(header.data, 1, ?3)
FROM removed_message AS removed LEFT JOIN header ON header.message_id = removed.message_id
WHERE mailbox_id = ?1 ORDER BY uid LIMIT ?2)sql";
constexpr const char* kRemovedRows = R"sql(
SELECT id, uid, message_id, flags, size, internal_date, zone FROM removed_message
WHERE mailbox_id = ?1 AND uid > ?2 AND removed_at >= ?3 ORDER BY uid LIMIT ?4)sql";

// full scan: an account has few annotations
constexpr const char* kAges =
    R"sql(SELECT mailbox_id, value FROM annotation WHERE reader = '' AND entry = ?1)sql";
constexpr const char* kFirstRows = R"sql(
SELECT uid, save_date FROM mailbox_message WHERE mailbox_id = ?1 ORDER BY uid LIMIT ?2)sql";

constexpr int kExpiryBatch = 500;  // messages in one transaction
constexpr auto kCareTime = std::chrono::milliseconds(50);
constexpr auto kCareEvery = std::chrono::minutes(10);

// A mailbox that is gone, of which nothing is kept any more, is forgotten.
void forget_mailbox(sqlite::Database& database, MailboxId mailbox) {
  if (has_removed(database, mailbox)) return;
  if (!database.query(kMailboxName, mailbox.value).step()) return;
  database.run(kDeleteRemovedMailbox, mailbox.value);
  database.run(kDeleteRemovedKeywords, mailbox.value);
}

struct RemovedRow {
  std::int64_t number;
  StoredRow row;
};

std::vector<RemovedRow> load_removed(sqlite::Database& database, MailboxId mailbox,
                                     std::uint32_t above, const RestoreQuery& which) {
  std::vector<RemovedRow> rows;
  sqlite::Query query =
      database.query(kRemovedRows, mailbox.value, above, which.since, kExpiryBatch);
  while (query.step()) {
    RemovedRow& removed = rows.emplace_back();
    removed.number = query.integer(0);
    removed.row.uid = static_cast<std::uint32_t>(query.integer(1));
    removed.row.message = MessageId{query.integer(2)};
    // It was marked to be expunged; who restores it wants it to stay.
    removed.row.flags = static_cast<FlagBits>(query.integer(3)) & ~flag::deleted;
    removed.row.size = static_cast<std::uint64_t>(query.integer(4));
    removed.row.internal_date.seconds = query.integer(5);
    removed.row.internal_date.zone_minutes = static_cast<std::int32_t>(query.integer(6));
  }
  return rows;
}

}  // namespace

std::optional<std::chrono::seconds> parse_age(std::string_view text) {
  if (text == "none" || text == "0") return std::chrono::seconds(0);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || end + 1 != text.data() + text.size()) {
    return std::nullopt;
  }
  constexpr std::string_view kUnits = "smhdw";
  constexpr std::int64_t kSeconds[] = {1, 60, 3600, 86'400, 604'800};
  constexpr std::int64_t kLongest = 100LL * 366 * 86'400;
  const std::size_t unit = kUnits.find(*end);
  if (unit == std::string_view::npos || number > kLongest / kSeconds[unit]) return std::nullopt;
  return std::chrono::seconds(number * kSeconds[unit]);
}

void keep_removed(sqlite::Database& database, MailboxId mailbox, const std::vector<StoredRow>& rows,
                  std::int64_t now) {
  for (const StoredRow& row : rows) {
    database.run(kInsertRemoved, mailbox.value, row.uid, row.message.value, row.flags, row.size,
                 row.internal_date.seconds, row.internal_date.zone_minutes, now);
  }
}

bool has_removed(sqlite::Database& database, MailboxId mailbox) {
  return database.query(kHasRows, mailbox.value).step();
}

void keep_removed_mailbox(sqlite::Database& database, const MailboxRow& row, std::int64_t now) {
  database.run(kInsertRemovedMailbox, row.id.value, std::string_view(row.name), now);
}

bool drop_removed(sqlite::Database& database, std::int64_t until, std::int64_t now, int most) {
  std::vector<StoredRow> dropped;
  std::vector<std::int64_t> numbers;
  std::vector<MailboxId> mailboxes;
  bool more = false;
  sqlite::Query query = database.query(kOldestRemoved);
  while (query.step() && query.integer(1) <= until) {
    more = static_cast<int>(numbers.size()) == most;
    if (more) break;
    numbers.push_back(query.integer(0));
    const MailboxId mailbox{query.integer(2)};
    if (std::ranges::find(mailboxes, mailbox) == mailboxes.end()) mailboxes.push_back(mailbox);
    dropped.push_back({.uid = 0,
                       .message = MessageId{query.integer(3)},
                       .flags = 0,
                       .modseq = 0,
                       .size = 0,
                       .internal_date = {}});
  }
  query.reset();
  for (const std::int64_t number : numbers) database.run(kDelete, number);
  drop_references(database, dropped, now);
  for (const MailboxId mailbox : mailboxes) forget_mailbox(database, mailbox);
  return more;
}

// Takes the references of rows that left their mailbox, at once or later.
void AccountImpl::release_rows(sqlite::Database& database, MailboxId mailbox,
                               const std::vector<StoredRow>& rows) {
  if (settings_->options.keep_removed.count() > 0) {
    keep_removed(database, mailbox, rows, current_time());
  } else {
    drop_references(database, rows, current_time());
    expect_purge();
  }
}

StoreResult<std::vector<RemovedMailbox>> AccountImpl::removed_mailboxes() {
  return read([&](sqlite::Database& database) -> StoreResult<std::vector<RemovedMailbox>> {
    std::vector<RemovedMailbox> list;
    sqlite::Query query = database.query(kMailboxes);
    while (query.step()) {
      list.push_back({.id = MailboxId{query.integer(0)},
                      .name = std::string(query.text(1)),
                      .deleted = query.integer(2) != 0,
                      .messages = static_cast<std::uint64_t>(query.integer(3)),
                      .size_bytes = static_cast<std::uint64_t>(query.integer(4)),
                      .first_removed = query.integer(5),
                      .last_removed = query.integer(6)});
    }
    std::ranges::sort(list, [](const RemovedMailbox& left, const RemovedMailbox& right) {
      if (left.name == right.name) return left.id < right.id;
      return listed_before(left.name, right.name);
    });
    return list;
  });
}

StoreResult<std::vector<RemovedMessage>> AccountImpl::removed_messages(MailboxId mailbox,
                                                                       std::size_t most) {
  return read([&](sqlite::Database& database) -> StoreResult<std::vector<RemovedMessage>> {
    std::vector<RemovedMessage> list;
    sqlite::Query query = database.query(kRemovedMessages, mailbox.value, std::uint64_t{most},
                                         std::uint64_t{kRemovedHeaderBytes});
    while (query.step()) {
      RemovedMessage& message = list.emplace_back();
      message.number = query.integer(0);
      message.uid.value = static_cast<std::uint32_t>(query.integer(1));
      message.size = static_cast<std::uint64_t>(query.integer(2));
      message.internal_date = {query.integer(3), static_cast<std::int32_t>(query.integer(4))};
      message.removed = query.integer(5);
      if (!query.is_null(6)) message.header = query.blob(6);
    }
    return list;
  });
}

StoreResult<std::string> AccountImpl::restore_target(MailboxId mailbox, std::string_view to) {
  std::string name(to);
  if (name.empty()) {
    if (auto present = this->mailbox(mailbox)) return present->name;
    auto known = read([&](sqlite::Database& database) -> StoreResult<std::string> {
      sqlite::Query query = database.query(kMailboxName, mailbox.value);
      if (!query.step()) return std::unexpected(StoreError::no_such_mailbox);
      return std::string(query.text(0));
    });
    if (!known) return known;
    name = *std::move(known);
  }
  auto info = this->mailbox(name);
  if (info && info->selectable) return name;
  auto created = create_mailbox(name, SpecialUse::none);
  if (!created && created.error() != StoreError::mailbox_exists) {
    return std::unexpected(created.error());
  }
  return name;
}

StoreResult<RestoreResult> AccountImpl::restore_removed(MailboxId mailbox,
                                                        const RestoreQuery& which) {
  auto target = restore_target(mailbox, which.to);
  if (!target) return std::unexpected(target.error());
  RestoreResult result{.mailbox = *target, .messages = 0, .size_bytes = 0};
  std::uint32_t above = 0;
  for (bool more = true; more;) {
    auto restored = write(sqlite::Durability::disk, 0, [&](WriteContext& context) {
      return restore_batch(context, mailbox, which, *target, above);
    });
    if (!restored) return std::unexpected(restored.error());
    result.messages += restored->messages;
    result.size_bytes += restored->size_bytes;
    above = restored->last_uid;
    more = restored->more;
  }
  return result;
}

StoreResult<AccountImpl::RestoredBatch> AccountImpl::restore_batch(WriteContext& context,
                                                                   MailboxId mailbox,
                                                                   const RestoreQuery& which,
                                                                   std::string_view to,
                                                                   std::uint32_t above) {
  sqlite::Database& database = context.database;
  auto target = require_mailbox(database, to);
  if (!target) return std::unexpected(target.error());
  RestoredBatch batch;
  const std::vector<RemovedRow> found = load_removed(database, mailbox, above, which);
  batch.more = found.size() == static_cast<std::size_t>(kExpiryBatch);
  if (!found.empty()) batch.last_uid = found.back().row.uid;
  std::vector<StoredRow> rows;
  for (const RemovedRow& removed : found) {
    const bool wanted = which.numbers.empty() ||
                        std::ranges::find(which.numbers, removed.number) != which.numbers.end();
    if (!wanted) continue;
    rows.push_back(removed.row);
    batch.size_bytes += removed.row.size;
    database.run(kDelete, removed.number);
  }
  batch.messages = rows.size();
  if (rows.empty()) return batch;
  if (is_over_quota(database,
                    {.bytes = batch.size_bytes, .messages = rows.size(), .mailboxes = 0})) {
    return std::unexpected(StoreError::over_quota);
  }
  auto added = add_rows(database, mailbox, *target, rows);
  if (!added) return std::unexpected(added.error());
  save_mailbox(database, *target);
  context.touched.push_back({target->id, target->highest_modseq});
  forget_mailbox(database, mailbox);
  return batch;
}

// How long messages stay in each mailbox that has a limit.
std::vector<std::pair<MailboxId, std::chrono::seconds>> AccountImpl::ages() {
  using Ages = std::vector<std::pair<MailboxId, std::chrono::seconds>>;
  auto look = [&](sqlite::Database& database) -> StoreResult<Ages> {
    Ages ages;
    const StoreOptions& options = settings_->options;
    if (options.expire_trash.count() > 0 || options.expire_junk.count() > 0) {
      for (const MailboxRow& row : load_mailboxes(database)) {
        if (row.name == "INBOX") continue;  // what POP3 clients are told of it is its owner's
        if (row.special_use == SpecialUse::trash) ages.emplace_back(row.id, options.expire_trash);
        if (row.special_use == SpecialUse::junk) ages.emplace_back(row.id, options.expire_junk);
      }
    }
    const auto inbox = require_mailbox(database, "INBOX");
    sqlite::Query query = database.query(kAges, kExpireEntry);
    while (query.step()) {
      auto age = parse_age(query.blob(1));
      if (!age) continue;
      const MailboxId mailbox{query.integer(0)};
      if (inbox && inbox->id == mailbox && age->count() > 0) {
        age = std::max<std::chrono::seconds>(*age, kInboxKept);
      }
      std::erase_if(ages, [&](const auto& known) { return known.first == mailbox; });
      ages.emplace_back(mailbox, *age);
    }
    std::erase_if(ages, [](const auto& each) { return each.second.count() <= 0; });
    return ages;
  };
  auto found = read(look, AccountFile::Purpose::care);
  return found ? *std::move(found) : Ages{};
}

// Removes messages that came to the mailbox at `until` or before. Returns whether there may be
// more. A mailbox's messages came in the order of their UIDs.
bool AccountImpl::expire(MailboxId mailbox, std::int64_t until) {
  UidSet old;
  auto look = [&](sqlite::Database& database) -> StoreResult<bool> {
    int count = 0;
    sqlite::Query query = database.query(kFirstRows, mailbox.value, kExpiryBatch);
    while (query.step() && query.integer(1) <= until) {
      old.add(Uid{static_cast<std::uint32_t>(query.integer(0))});
      ++count;
    }
    return count == kExpiryBatch;
  };
  auto more = read(look, AccountFile::Purpose::care);
  if (!more || old.empty()) return false;
  return remove_messages(mailbox, old, false).has_value() && *more;
}

void AccountImpl::retain() {
  const auto begin = Clock::now();
  if (begin < retention_due_) return;
  const std::int64_t now = current_time();
  for (const auto& [mailbox, age] : ages()) {
    while (expire(mailbox, now - age.count())) {
      if (Clock::now() - begin >= kCareTime) return;
    }
  }
  const std::int64_t until = now - settings_->options.keep_removed.count();
  auto look = [&](sqlite::Database& database) -> StoreResult<bool> {
    sqlite::Query query = database.query(kOldestRemoved);
    return query.step() && query.integer(1) <= until;
  };
  auto found = read(look, AccountFile::Purpose::care);
  bool more = found && *found;
  while (more) {
    auto dropped =
        write(sqlite::Durability::process, 0, [&](WriteContext& context) -> StoreResult<bool> {
          return drop_removed(context.database, until, now, kExpiryBatch);
        });
    expect_purge();
    more = dropped && *dropped;
    if (more && Clock::now() - begin >= kCareTime) return;
  }
  retention_due_ = begin + kCareEvery;
}

}  // namespace mailkeep::store
