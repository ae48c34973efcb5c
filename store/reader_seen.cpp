#include "store/reader_seen.h"

#include <algorithm>
#include <ranges>

namespace mailkeep::store {

namespace {

constexpr const char* kSeen = R"sql(
SELECT first_uid, last_uid FROM reader_seen WHERE mailbox_id = ?1 AND reader = ?2
ORDER BY first_uid)sql";
constexpr const char* kInsertSeen = R"sql(
INSERT INTO reader_seen (mailbox_id, reader, first_uid, last_uid) VALUES (?1, ?2, ?3, ?4))sql";
constexpr const char* kDeleteSeen = R"sql(
DELETE FROM reader_seen WHERE mailbox_id = ?1 AND reader = ?2 AND first_uid = ?3)sql";
constexpr const char* kChanges = R"sql(
SELECT modseq, first_uid, last_uid FROM reader_changed WHERE mailbox_id = ?1 AND reader = ?2
ORDER BY modseq)sql";
constexpr const char* kInsertChange = R"sql(
INSERT INTO reader_changed (mailbox_id, reader, modseq, first_uid, last_uid)
VALUES (?1, ?2, ?3, ?4, ?5))sql";
constexpr const char* kDeleteChanges = R"sql(
DELETE FROM reader_changed WHERE mailbox_id = ?1 AND reader = ?2 AND modseq <= ?3)sql";

// Changes that are kept apart; older ones become one range, of the newest of them.
constexpr std::size_t kMaxChanges = 512;

bool before(const UidSet::Range& left, const UidSet::Range& right) {
  return left.first != right.first ? left.first < right.first : left.last < right.last;
}

}  // namespace

ReaderSeen::ReaderSeen(sqlite::Database& database, MailboxId mailbox, std::string_view reader)
    : mailbox_(mailbox), reader_(reader) {
  if (is_owner()) return;
  sqlite::Query seen = database.query(kSeen, mailbox.value, reader);
  while (seen.step()) {
    seen_.add(UidSet::Range{static_cast<std::uint32_t>(seen.integer(0)),
                            static_cast<std::uint32_t>(seen.integer(1))});
  }
  sqlite::Query changes = database.query(kChanges, mailbox.value, reader);
  while (changes.step()) {
    changes_.push_back({Modseq{static_cast<std::uint64_t>(changes.integer(0))},
                        {static_cast<std::uint32_t>(changes.integer(1)),
                         static_cast<std::uint32_t>(changes.integer(2))}});
  }
}

void ReaderSeen::apply(Uid uid, FlagBits& flags, Modseq& modseq) const {
  if (is_owner()) return;
  flags = (flags & ~flag::seen) | (seen_.contains(uid) ? flag::seen : 0);
  for (const auto& change : std::views::reverse(changes_)) {
    if (change.modseq <= modseq) break;
    if (uid.value < change.uids.first || uid.value > change.uids.last) continue;
    modseq = change.modseq;
    break;
  }
}

UidSet ReaderSeen::changed_since(Modseq since) const {
  UidSet uids;
  for (auto change = changes_.rbegin(); change != changes_.rend() && change->modseq > since;
       ++change) {
    uids.add(change->uids);
  }
  return uids;
}

void ReaderSeen::change(sqlite::Database& database, const UidSet& added, const UidSet& removed,
                        Modseq modseq) {
  UidSet now = seen_.difference(removed);
  for (const UidSet::Range& range : added.ranges()) now.add(range);
  std::vector<UidSet::Range> gone;
  std::ranges::set_difference(seen_.ranges(), now.ranges(), std::back_inserter(gone), before);
  std::vector<UidSet::Range> come;
  std::ranges::set_difference(now.ranges(), seen_.ranges(), std::back_inserter(come), before);
  const std::string_view reader = reader_;
  for (const UidSet::Range& range : gone) {
    database.run(kDeleteSeen, mailbox_.value, reader, range.first);
  }
  for (const UidSet::Range& range : come) {
    database.run(kInsertSeen, mailbox_.value, reader, range.first, range.last);
  }
  seen_ = std::move(now);

  UidSet changed = added;
  for (const UidSet::Range& range : removed.ranges()) changed.add(range);
  for (const UidSet::Range& range : changed.ranges()) {
    changes_.push_back({modseq, range});
    database.run(kInsertChange, mailbox_.value, reader, modseq.value, range.first, range.last);
  }
  if (changes_.size() > 2 * kMaxChanges) shorten(database);
}

void ReaderSeen::shorten(sqlite::Database& database) {
  auto kept = changes_.end() - static_cast<std::ptrdiff_t>(kMaxChanges);
  // All of one mod-sequence go together.
  const Modseq newest = std::prev(kept)->modseq;
  while (kept != changes_.end() && kept->modseq == newest) ++kept;
  Change merged{newest, changes_.front().uids};
  for (auto change = changes_.begin(); change != kept; ++change) {
    merged.uids.first = std::min(merged.uids.first, change->uids.first);
    merged.uids.last = std::max(merged.uids.last, change->uids.last);
  }
  changes_.erase(changes_.begin() + 1, kept);
  changes_.front() = merged;
  const std::string_view reader = reader_;
  database.run(kDeleteChanges, mailbox_.value, reader, newest.value);
  database.run(kInsertChange, mailbox_.value, reader, newest.value, merged.uids.first,
               merged.uids.last);
}

}  // namespace mailkeep::store
