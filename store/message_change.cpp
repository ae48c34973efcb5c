#include "store/message_change.h"

#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "store/origin_row.h"

namespace mailkeep::store {

namespace {

constexpr const char* kChangedRows = R"sql(
SELECT uid, message_id, flags, modseq, size, internal_date, zone FROM mailbox_message
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3)sql";

constexpr const char* kInsertRow = R"sql(
INSERT INTO mailbox_message
  (mailbox_id, uid, message_id, flags, modseq, size, internal_date, zone, save_date)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql";

constexpr const char* kDeleteRows =
    R"sql(DELETE FROM mailbox_message WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3)sql";

constexpr const char* kInsertChanged = R"sql(
INSERT INTO changed (mailbox_id, modseq, first_uid, last_uid) VALUES (?1, ?2, ?3, ?4))sql";

constexpr const char* kForgetChanged =
    R"sql(DELETE FROM changed WHERE mailbox_id = ?1 AND modseq <= ?2)sql";

constexpr const char* kInsertExpunged = R"sql(
INSERT INTO expunged (mailbox_id, modseq, first_uid, last_uid) VALUES (?1, ?2, ?3, ?4))sql";

constexpr const char* kReferences = R"sql(
SELECT message_id, reference_count FROM shared_message WHERE message_id BETWEEN ?1 AND ?2)sql";

constexpr const char* kAddReference = R"sql(
INSERT INTO shared_message (message_id, reference_count) VALUES (?1, 2)
ON CONFLICT (message_id) DO UPDATE SET reference_count = reference_count + 1)sql";

constexpr const char* kSetReferences =
    R"sql(UPDATE shared_message SET reference_count = ?2 WHERE message_id = ?1)sql";

constexpr const char* kDeleteReferences =
    R"sql(DELETE FROM shared_message WHERE message_id = ?1)sql";

constexpr const char* kInsertOrphan =
    R"sql(INSERT INTO orphan (first_message, last_message, since) VALUES (?1, ?2, ?3))sql";

// A change of scattered messages is noted as no more ranges than this; they may cover others.
constexpr std::size_t kMaxChangedRanges = 32;
// Mod-sequences that `changed` goes back. A client that was away for longer has its changes found
// by reading all rows of the mailbox.
constexpr std::uint64_t kChangedDepth = 16 * 1024;
constexpr std::uint64_t kChangedSlack = 4 * 1024;  // forgotten at once
// Up to so many messages have their references looked up one by one.
constexpr std::size_t kSingleLookups = 64;

using References = std::unordered_map<std::int64_t, std::int64_t>;

void load_references(sqlite::Database& database, std::int64_t first, std::int64_t last,
                     References& references) {
  sqlite::Query query = database.query(kReferences, first, last);
  while (query.step()) references[query.integer(0)] = query.integer(1);
}

}  // namespace

std::int64_t current_time() {
  return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

std::vector<StoredRow> load_rows(sqlite::Database& database, MailboxId mailbox,
                                 const UidSet& uids) {
  std::vector<StoredRow> rows;
  sqlite::Query query = database.query(kChangedRows);
  for (const UidSet::Range& range : uids.ranges()) {
    query.bind(mailbox.value, range.first, range.last);
    while (query.step()) {
      StoredRow& row = rows.emplace_back();
      row.uid = static_cast<std::uint32_t>(query.integer(0));
      row.message.value = query.integer(1);
      row.flags = static_cast<FlagBits>(query.integer(2));
      row.modseq = static_cast<std::uint64_t>(query.integer(3));
      row.size = static_cast<std::uint64_t>(query.integer(4));
      row.internal_date.seconds = query.integer(5);
      row.internal_date.zone_minutes = static_cast<std::int32_t>(query.integer(6));
    }
  }
  return rows;
}

Uid insert_row(sqlite::Database& database, MailboxRow& row, const StoredRow& message, Modseq modseq,
               std::int64_t save_date) {
  Uid uid{static_cast<std::uint32_t>(row.uid_next)};
  database.run(kInsertRow, row.id.value, uid.value, message.message.value, message.flags,
               modseq.value, message.size, message.internal_date.seconds,
               message.internal_date.zone_minutes, save_date);
  ++row.uid_next;
  if (row.unseen == 0 && (message.flags & flag::seen) == 0) row.unseen_from = uid.value;
  count_message(row, message.flags, message.size, +1);
  return uid;
}

void note_changed(sqlite::Database& database, MailboxRow& row, Modseq modseq, const UidSet& uids) {
  const auto& ranges = uids.ranges();
  // Every so many ranges become one, from the first UID to the last.
  const std::size_t step = (ranges.size() + kMaxChangedRanges - 1) / kMaxChangedRanges;
  for (std::size_t i = 0; i < ranges.size(); i += step) {
    const UidSet::Range& last = ranges[std::min(i + step, ranges.size()) - 1];
    database.run(kInsertChanged, row.id.value, modseq.value, ranges[i].first, last.last);
  }
  if (row.highest_modseq.value > row.changes_after.value + kChangedDepth + kChangedSlack) {
    row.changes_after.value = row.highest_modseq.value - kChangedDepth;
    database.run(kForgetChanged, row.id.value, row.changes_after.value);
  }
}

void remove_rows(sqlite::Database& database, MailboxRow& row, const std::vector<StoredRow>& rows,
                 Modseq modseq) {
  UidSet gone;
  for (const StoredRow& removed : rows) {
    gone.add(Uid{removed.uid});
    count_message(row, removed.flags, removed.size, -1);
  }
  for (const UidSet::Range& range : gone.ranges()) {
    database.run(kDeleteRows, row.id.value, range.first, range.last);
    database.run(kInsertExpunged, row.id.value, modseq.value, range.first, range.last);
    drop_pop3_ids(database, row.id, range);
  }
}

void add_reference(sqlite::Database& database, MessageId message) {
  database.run(kAddReference, message.value);
}

void drop_references(sqlite::Database& database, const std::vector<StoredRow>& rows,
                     std::int64_t now) {
  if (rows.empty()) return;
  std::vector<std::int64_t> messages;
  messages.reserve(rows.size());
  for (const StoredRow& row : rows) messages.push_back(row.message.value);
  std::ranges::sort(messages);
  References references;
  if (messages.size() <= kSingleLookups) {
    for (std::int64_t id : messages) load_references(database, id, id, references);
  } else {
    load_references(database, messages.front(), messages.back(), references);
  }

  std::int64_t first_orphan = 0;
  std::int64_t last_orphan = 0;
  auto write_orphans = [&] {
    if (first_orphan != 0) database.run(kInsertOrphan, first_orphan, last_orphan, now);
  };
  for (auto begin = messages.begin(); begin != messages.end();) {
    const std::int64_t id = *begin;
    auto end = std::upper_bound(begin, messages.end(), id);
    auto shared = references.find(id);
    std::int64_t left = (shared == references.end() ? 1 : shared->second) - (end - begin);
    begin = end;
    if (left >= 2) {
      database.run(kSetReferences, id, left);
    } else if (shared != references.end()) {
      database.run(kDeleteReferences, id);
    }
    if (left > 0) continue;
    if (first_orphan == 0 || id != last_orphan + 1) {
      write_orphans();
      first_orphan = id;
    }
    last_orphan = id;
  }
  write_orphans();
}

}  // namespace mailkeep::store
