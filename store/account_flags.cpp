// STORE: changes of flags.
#include <algorithm>

#include "store/account_impl.h"
#include "store/message_change.h"
#include "store/reader_seen.h"

namespace mailkeep::store {

namespace {

constexpr const char* kFlagRows = R"sql(
SELECT uid, flags, modseq, size FROM mailbox_message
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3)sql";

constexpr const char* kChangeFlags = R"sql(
UPDATE mailbox_message SET flags = (flags & ?4) | ?5, modseq = ?6
WHERE mailbox_id = ?1 AND uid BETWEEN ?2 AND ?3 AND flags <> ((flags & ?4) | ?5)
  AND modseq <= ?7)sql";

constexpr const char* kNextFlags = R"sql(
SELECT uid, flags FROM mailbox_message
WHERE mailbox_id = ?1 AND uid >= ?2 ORDER BY uid LIMIT ?3)sql";

constexpr const char* kFirstUnseen = R"sql(
SELECT uid FROM mailbox_message WHERE mailbox_id = ?1 AND uid >= ?2 AND flags & 1 = 0
ORDER BY uid LIMIT 1)sql";

// Rows looked at to find the new lowest unseen message when the one before was seen.
constexpr int kUnseenSteps = 100;

// Every operation is: keep these bits, then set those.
struct BitChange {
  FlagBits keep;
  FlagBits set;
  FlagBits apply(FlagBits flags) const { return (flags & keep) | set; }
};

constexpr FlagBits kAllBits = (FlagBits{1} << (kFirstKeywordBit + kMaxKeywords)) - 1;

BitChange bit_change(FlagOperation operation, FlagBits bits) {
  switch (operation) {
    case FlagOperation::replace:
      return {0, bits};
    case FlagOperation::add:
      return {kAllBits, bits};
    case FlagOperation::remove:
      return {kAllBits & ~bits, 0};
  }
  return {kAllBits, 0};
}

void count_flags(MailboxRow& row, FlagBits before, FlagBits after, std::uint64_t size) {
  auto count = [](std::uint32_t& counter, bool was, bool is) {
    if (is && !was) ++counter;
    if (was && !is) --counter;
  };
  count(row.unseen, (before & flag::seen) == 0, (after & flag::seen) == 0);
  const bool was_deleted = (before & flag::deleted) != 0;
  const bool is_deleted = (after & flag::deleted) != 0;
  count(row.deleted, was_deleted, is_deleted);
  if (is_deleted && !was_deleted) row.deleted_bytes += size;
  if (was_deleted && !is_deleted) row.deleted_bytes -= size;
}

// What a change of flags changes: in rows, and in what a reader has seen.
struct ChangePlan {
  UidSet rows;
  UidSet now_seen;
  UidSet now_unseen;
};

// The rows of one range as they are after `change`, for the reader of `seen`.
ChangePlan plan_range(sqlite::Query& query, MailboxRow& row, const ReaderSeen& seen,
                      BitChange change, std::uint64_t unchanged_since, Modseq modseq,
                      FlagChangeResult& result) {
  const FlagBits own = seen.is_owner() ? 0 : flag::seen;
  ChangePlan plan;
  while (query.step()) {
    FlagRow current;
    current.uid.value = static_cast<std::uint32_t>(query.integer(0));
    const auto kept = static_cast<FlagBits>(query.integer(1));
    current.flags = kept;
    current.modseq.value = static_cast<std::uint64_t>(query.integer(2));
    seen.apply(current.uid, current.flags, current.modseq);
    if (current.modseq.value > unchanged_since) {
      result.modified.add(current.uid);
      continue;
    }
    const FlagBits flags = change.apply(current.flags);
    const FlagBits different = flags ^ current.flags;
    if ((different & ~own) != 0) {
      count_flags(row, kept, (flags & ~own) | (kept & own),
                  static_cast<std::uint64_t>(query.integer(3)));
      plan.rows.add(current.uid);
    }
    if ((different & own) != 0) {
      ((flags & own) != 0 ? plan.now_seen : plan.now_unseen).add(current.uid);
    }
    if (different != 0) {
      current.flags = flags;
      current.modseq = modseq;
    }
    result.messages.push_back(current);
  }
  return plan;
}

// Writes the flags of `rows`, which all change; others between them may be as they should be, or
// too new for `unchanged_since`.
void write_flags(sqlite::Database& database, MailboxId mailbox, const ReaderSeen& seen,
                 const UidSet& rows, BitChange change, std::uint64_t unchanged_since,
                 Modseq modseq) {
  auto write = [&](std::uint32_t first, std::uint32_t last, BitChange bits, std::uint64_t limit) {
    database.run(kChangeFlags, mailbox.value, first, last, bits.keep, bits.set, modseq.value,
                 limit);
  };
  if (rows.empty()) return;
  if (seen.is_owner()) {
    write(rows.ranges().front().first, rows.ranges().back().last, change, unchanged_since);
    return;
  }
  // The rows do not tell what is too new for a reader: only those that change are written.
  const BitChange bits{change.keep | flag::seen, change.set & ~flag::seen};
  for (const UidSet::Range& range : rows.ranges()) write(range.first, range.last, bits, ~0ULL >> 1);
}

// Keeps row.unseen_from right after the flags of `changed` changed, and near to the truth.
void update_unseen_from(sqlite::Database& database, MailboxRow& row, const UidSet& changed) {
  const UidSet::Range& first = changed.ranges().front();
  if (row.unseen == 0) {
    row.unseen_from = static_cast<std::uint32_t>(std::min<std::uint64_t>(row.uid_next, ~0U));
    return;
  }
  row.unseen_from = std::min(row.unseen_from, first.first);  // which may be unseen now
  sqlite::Query query = database.query(kNextFlags, row.id.value, row.unseen_from, kUnseenSteps);
  while (query.step()) {
    row.unseen_from = static_cast<std::uint32_t>(query.integer(0));
    if ((static_cast<FlagBits>(query.integer(1)) & flag::seen) == 0) return;
  }
}

void add_all(UidSet& set, const UidSet& more) {
  for (const UidSet::Range& range : more.ranges()) set.add(range);
}

StoreResult<FlagChangeResult> change(sqlite::Database& database, MailboxRow& row, ReaderSeen& seen,
                                     const FlagChange& wanted) {
  FlagChangeResult result;
  result.previous_modseq = row.highest_modseq;
  auto bits = resolve_flags(database, row, wanted.flags, wanted.operation != FlagOperation::remove);
  if (!bits) return std::unexpected(bits.error());
  BitChange change = bit_change(wanted.operation, *bits);
  if (wanted.operation == FlagOperation::add) {
    const auto cleared = resolve_flags(database, row, wanted.cleared, false);
    if (!cleared) return std::unexpected(cleared.error());
    change.keep &= ~*cleared;
  }
  const std::uint64_t unchanged_since =
      wanted.unchanged_since ? wanted.unchanged_since->value : row.highest_modseq.value;
  const Modseq modseq{row.highest_modseq.value + 1};

  ChangePlan all;
  sqlite::Query query = database.query(kFlagRows);
  for (const UidSet::Range& range : wanted.uids.ranges()) {
    query.bind(row.id.value, range.first, range.last);
    const ChangePlan plan = plan_range(query, row, seen, change, unchanged_since, modseq, result);
    query.reset();
    write_flags(database, row.id, seen, plan.rows, change, unchanged_since, modseq);
    add_all(all.rows, plan.rows);
    add_all(all.now_seen, plan.now_seen);
    add_all(all.now_unseen, plan.now_unseen);
  }
  if (!all.rows.empty()) {
    row.highest_modseq = modseq;
    note_changed(database, row, modseq, all.rows);
    update_unseen_from(database, row, all.rows);
  }
  if (!all.now_seen.empty() || !all.now_unseen.empty()) {
    row.highest_modseq = modseq;
    seen.change(database, all.now_seen, all.now_unseen, modseq);
  }
  result.modseq = row.highest_modseq;
  return result;
}

}  // namespace

StoreResult<Uid> AccountImpl::first_unseen(MailboxId mailbox) {
  return read([&](sqlite::Database& database) -> StoreResult<Uid> {
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    if (row->unseen == 0) return std::unexpected(StoreError::message_gone);
    sqlite::Query query = database.query(kFirstUnseen, mailbox.value, row->unseen_from);
    if (!query.step()) return std::unexpected(StoreError::message_gone);
    return Uid{static_cast<std::uint32_t>(query.integer(0))};
  });
}

std::vector<StoreResult<FlagChangeResult>> AccountImpl::change_flags(
    MailboxId mailbox, std::span<const FlagChange> changes) {
  return change_flags_as({}, mailbox, changes);
}

std::vector<StoreResult<FlagChangeResult>> AccountImpl::change_flags_as(
    std::string_view reader, MailboxId mailbox, std::span<const FlagChange> changes) {
  using Results = std::vector<StoreResult<FlagChangeResult>>;
  auto results =
      write(sqlite::Durability::process, 0, [&](WriteContext& context) -> StoreResult<Results> {
        auto row = require_mailbox(context.database, mailbox);
        if (!row) return std::unexpected(row.error());
        const Modseq before = row->highest_modseq;
        const std::uint32_t keywords_before = row->keywords;
        ReaderSeen seen(context.database, mailbox, reader);
        Results done;
        done.reserve(changes.size());
        for (const FlagChange& wanted : changes) {
          done.push_back(change(context.database, *row, seen, wanted));
        }
        if (row->highest_modseq != before || row->keywords != keywords_before) {
          save_mailbox(context.database, *row);
          context.touched.push_back({row->id, row->highest_modseq});
        }
        // New names are not shared before they are committed.
        SharedKeywords keywords = row->keywords == keywords_before
                                      ? keywords_of(context.database, *row)
                                      : std::make_shared<const std::vector<std::string>>(
                                            load_keywords(context.database, row->id));
        for (auto& result : done) {
          if (result) result->keywords = keywords;
        }
        return done;
      });
  if (!results) return Results(changes.size(), std::unexpected(results.error()));
  return *std::move(results);
}

}  // namespace mailkeep::store
