// The state of a mailbox and what changed after a mod-sequence.
#include <algorithm>

#include "store/account_impl.h"
#include "store/reader_seen.h"

namespace mailkeep::store {

namespace {

constexpr const char* kLowestUid =
    R"sql(SELECT min(uid) FROM mailbox_message WHERE mailbox_id = ?1)sql";
constexpr const char* kHighestUid =
    R"sql(SELECT max(uid) FROM mailbox_message WHERE mailbox_id = ?1)sql";
constexpr const char* kUids = R"sql(
SELECT uid FROM mailbox_message WHERE mailbox_id = ?1 AND uid >= ?2 ORDER BY uid)sql";
constexpr const char* kExpunged = R"sql(
SELECT first_uid, last_uid FROM expunged WHERE mailbox_id = ?1 AND modseq > ?2)sql";
constexpr const char* kChanged = R"sql(
SELECT first_uid, last_uid FROM changed WHERE mailbox_id = ?1 AND modseq > ?2)sql";
constexpr const char* kLastRows = R"sql(
SELECT uid, flags, modseq FROM mailbox_message WHERE mailbox_id = ?1 ORDER BY uid DESC)sql";
constexpr const char* kRowsSince = R"sql(
SELECT uid, flags, modseq FROM mailbox_message
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 AND modseq > ?4 ORDER BY uid)sql";

// full scan: there are few mailboxes
constexpr const char* kModseqsOfMailboxes = R"sql(SELECT id, highest_modseq FROM mailbox)sql";

// The union of the ranges that `sql` gives for what came after `since`.
UidSet load_ranges(sqlite::Database& database, const char* sql, MailboxId mailbox, Modseq since) {
  std::vector<UidSet::Range> ranges;
  sqlite::Query query = database.query(sql, mailbox.value, since.value);
  while (query.step()) {
    ranges.push_back({static_cast<std::uint32_t>(query.integer(0)),
                      static_cast<std::uint32_t>(query.integer(1))});
  }
  // In the order of UIDs each is added in constant time.
  std::ranges::sort(ranges, {}, &UidSet::Range::first);
  UidSet set;
  for (const UidSet::Range& range : ranges) set.add(range);
  return set;
}

void append_uids(sqlite::Database& database, MailboxId mailbox, std::uint64_t from, UidMap& map) {
  sqlite::Query query = database.query(kUids, mailbox.value, from);
  while (query.step()) map.append(Uid{static_cast<std::uint32_t>(query.integer(0))});
}

std::uint32_t single_uid(sqlite::Database& database, const char* sql, MailboxId mailbox) {
  sqlite::Query query = database.query(sql, mailbox.value);
  return query.step() ? static_cast<std::uint32_t>(query.integer(0)) : 0;
}

std::shared_ptr<UidMap> load_uids(sqlite::Database& database, const MailboxRow& row) {
  auto map = std::make_shared<UidMap>();
  if (row.messages == 0) return map;
  std::uint32_t lowest = single_uid(database, kLowestUid, row.id);
  std::uint32_t highest = single_uid(database, kHighestUid, row.id);
  if (lowest != 0 && highest - lowest == row.messages - 1) {
    map->append(UidSet::Range{lowest, highest});  // no gap: no row needs to be read
    return map;
  }
  // Whatever is not expunged is there: where there are fewer gaps than messages, they are read.
  if (row.uid_next - 1 - row.messages < row.messages) {
    const UidSet all(UidSet::Range{1, static_cast<std::uint32_t>(row.uid_next - 1)});
    const UidSet left = all.difference(load_ranges(database, kExpunged, row.id, Modseq{0}));
    for (const UidSet::Range& range : left.ranges()) map->append(range);
    if (map->size() == row.messages) return map;
    *map = UidMap();
  }
  append_uids(database, row.id, 1, *map);
  return map;
}

FlagRow read_flag_row(const sqlite::Query& query) {
  return {Uid{static_cast<std::uint32_t>(query.integer(0))},
          static_cast<FlagBits>(query.integer(1)),
          Modseq{static_cast<std::uint64_t>(query.integer(2))}};
}

// Rows above `since`, ascending: the mailbox's last ones, up to one that is not above it, and those
// in the ranges of `changed`. (A row above `since` below that one must have changed after it came.)
std::vector<FlagRow> load_changed(sqlite::Database& database, const MailboxRow& row, Modseq since) {
  std::vector<FlagRow> last;
  UidSet places(UidSet::Range{1, ~0U});
  if (since >= row.changes_after) {
    places = load_ranges(database, kChanged, row.id, since);
    sqlite::Query query = database.query(kLastRows, row.id.value);
    while (query.step()) {
      const FlagRow flags = read_flag_row(query);
      if (flags.modseq <= since) break;
      last.push_back(flags);
    }
  }
  const std::uint32_t end = last.empty() ? ~0U : last.back().uid.value - 1;
  std::vector<FlagRow> changed;
  sqlite::Query query = database.query(kRowsSince);
  for (const UidSet::Range& range : places.ranges()) {
    if (range.first > end) break;
    query.bind(row.id.value, range.first, std::min(range.last, end), since.value);
    while (query.step()) changed.push_back(read_flag_row(query));
  }
  changed.insert(changed.end(), last.rbegin(), last.rend());
  return changed;
}

// Makes the changed rows those of a reader, with the ones whose \Seen changed for it alone.
void add_changes_of(const ReaderSeen& seen, sqlite::Database& database, MailboxId mailbox,
                    Modseq since, Changes& changes) {
  UidSet known;
  for (const FlagRow& row : changes.changed) known.add(row.uid);
  const UidSet more = seen.changed_since(since).difference(known);
  sqlite::Query query = database.query(kRowsSince);
  for (const UidSet::Range& range : more.ranges()) {
    query.bind(mailbox.value, range.first, range.last, 0);
    while (query.step()) changes.changed.push_back(read_flag_row(query));
  }
  std::ranges::sort(changes.changed, {}, &FlagRow::uid);
  for (FlagRow& row : changes.changed) seen.apply(row.uid, row.flags, row.modseq);
}

}  // namespace

// Shared with the other sessions that see the same state, and made from the newest state that one
// of them holds.
SharedUidMap AccountImpl::uids_of(sqlite::Database& database, const MailboxRow& row) {
  MailboxStates::KnownUids known = states_->uids(row.id);
  if (known.uids != nullptr && known.modseq == row.highest_modseq) return known.uids;
  std::shared_ptr<UidMap> map;
  if (known.uids != nullptr && known.modseq < row.highest_modseq) {
    map = std::make_shared<UidMap>(*known.uids);
    map->remove(load_ranges(database, kExpunged, row.id, known.modseq));
    append_uids(database, row.id, known.uid_next, *map);
  } else {
    map = load_uids(database, row);
  }
  states_->keep_uids(row.id, {map, row.highest_modseq, row.uid_next});
  return map;
}

StoreResult<MailboxSnapshot> AccountImpl::snapshot(MailboxId mailbox) {
  return read([&](sqlite::Database& database) -> StoreResult<MailboxSnapshot> {
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    states_->learn(mailbox, row->highest_modseq);
    return MailboxSnapshot{describe_mailbox(database, *row), uids_of(database, *row)};
  });
}

StoreResult<Changes> AccountImpl::changes_since(MailboxId mailbox, Modseq since) {
  return changes_as({}, mailbox, since);
}

StoreResult<Changes> AccountImpl::changes_as(std::string_view reader, MailboxId mailbox,
                                             Modseq since) {
  return read([&](sqlite::Database& database) -> StoreResult<Changes> {
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    states_->learn(mailbox, row->highest_modseq);
    Changes changes;
    changes.highest_modseq = row->highest_modseq;
    changes.uid_next.value =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(row->uid_next, ~0U));
    changes.keywords = keywords_of(database, *row);
    if (since >= row->highest_modseq) return changes;
    changes.expunged = load_ranges(database, kExpunged, mailbox, since);
    changes.changed = load_changed(database, *row, since);
    if (!reader.empty()) {
      add_changes_of(ReaderSeen(database, mailbox, reader), database, mailbox, since, changes);
    }
    return changes;
  });
}

StoreResult<UidSet> AccountImpl::expunged_since(MailboxId mailbox, Modseq since,
                                                const UidSet& among) {
  return read([&](sqlite::Database& database) -> StoreResult<UidSet> {
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    return load_ranges(database, kExpunged, mailbox, since).intersection(among);
  });
}

StoreResult<std::vector<std::pair<MailboxId, Modseq>>> AccountImpl::latest_modseqs() {
  using Modseqs = std::vector<std::pair<MailboxId, Modseq>>;
  return read([&](sqlite::Database& database) -> StoreResult<Modseqs> {
    Modseqs modseqs;
    sqlite::Query query = database.query(kModseqsOfMailboxes);
    while (query.step()) {
      modseqs.emplace_back(MailboxId{query.integer(0)},
                           Modseq{static_cast<std::uint64_t>(query.integer(1))});
      states_->learn(modseqs.back().first, modseqs.back().second);
    }
    return modseqs;
  });
}

StoreResult<Uid> AccountImpl::claim_recent(MailboxId mailbox, Uid next) {
  return read([&](sqlite::Database& database) -> StoreResult<Uid> {
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    return states_->claim_recent(mailbox, row->first_recent, next);
  });
}

}  // namespace mailkeep::store
