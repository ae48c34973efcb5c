// COPY, MOVE and EXPUNGE: messages come and go, their content stays.
#include "store/account_impl.h"
#include "store/message_change.h"
#include "store/origin_row.h"
#include "store/quota_check.h"
#include "store/reader_seen.h"

namespace mailkeep::store {

namespace {

// The bits that `flags` of `from` are in `to`, whose keywords have other places.
class FlagTranslation {
 public:
  // Adds keywords that `rows` use and `to` does not know.
  static StoreResult<FlagTranslation> make(sqlite::Database& database, MailboxId from,
                                           MailboxRow& to, const std::vector<StoredRow>& rows) {
    FlagTranslation translation;
    if (from == to.id) return translation;
    FlagBits used = 0;
    for (const StoredRow& row : rows) used |= row.flags;
    used &= ~flag::system;
    if (used == 0) return translation;
    const std::vector<std::string> names = load_keywords(database, from);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const FlagBits source = FlagBits{1} << (kFirstKeywordBit + i);
      if ((used & source) == 0) continue;
      auto target = resolve_flags(database, to, {.system = 0, .keywords = {names[i]}}, true);
      if (!target) return std::unexpected(target.error());
      translation.pairs_.emplace_back(source, *target);
    }
    translation.identity_ = false;
    return translation;
  }

  FlagBits apply(FlagBits flags) const {
    if (identity_) return flags;
    FlagBits result = flags & flag::system;
    for (const auto& [source, target] : pairs_) {
      if ((flags & source) != 0) result |= target;
    }
    return result;
  }

 private:
  bool identity_ = true;
  std::vector<std::pair<FlagBits, FlagBits>> pairs_;
};

constexpr std::uint64_t kUidBehindAll = std::uint64_t{1} << 32;

}  // namespace

StoreResult<CopyResult> add_rows(sqlite::Database& database, MailboxId from, MailboxRow& to,
                                 const std::vector<StoredRow>& rows) {
  CopyResult result{.uid_validity = to.uid_validity, .uids = {}};
  if (rows.empty()) return result;
  auto translation = FlagTranslation::make(database, from, to, rows);
  if (!translation) return std::unexpected(translation.error());
  leave_room(database, to);
  if (to.uid_next + rows.size() > kUidBehindAll) return std::unexpected(StoreError::uids_exhausted);
  const Modseq modseq = take_modseq(to);
  const std::int64_t now = current_time();
  result.uids.reserve(rows.size());
  for (const StoredRow& row : rows) {
    StoredRow copy = row;
    copy.flags = translation->apply(row.flags);
    result.uids.emplace_back(Uid{row.uid}, insert_row(database, to, copy, modseq, now));
  }
  return result;
}

namespace {

// What the reader has seen of the messages that were copied, the reader has seen of the copies.
void copy_seen(sqlite::Database& database, std::string_view reader, const MailboxRow& from,
               const MailboxRow& to, const CopyResult& copied) {
  if (reader.empty()) return;
  const ReaderSeen seen(database, from.id, reader);
  UidSet copies;
  for (const auto& [source, copy] : copied.uids) {
    if (seen.seen().contains(source)) copies.add(copy);
  }
  if (copies.empty()) return;
  ReaderSeen(database, to.id, reader).change(database, copies, {}, to.highest_modseq);
}

}  // namespace

StoreResult<CopyResult> AccountImpl::copy(MailboxId from, const UidSet& uids, std::string_view to) {
  return transfer_as({}, from, uids, to, false);
}

StoreResult<CopyResult> AccountImpl::move(MailboxId from, const UidSet& uids, std::string_view to) {
  return transfer_as({}, from, uids, to, true);
}

StoreResult<CopyResult> AccountImpl::transfer_as(std::string_view reader, MailboxId from,
                                                 const UidSet& uids, std::string_view to,
                                                 bool remove_source) {
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<CopyResult> {
    sqlite::Database& database = context.database;
    auto source = require_mailbox(database, from);
    if (!source) return std::unexpected(source.error());
    auto target = require_mailbox(database, to);
    if (!target) return std::unexpected(target.error());
    if (remove_source && source->id == target->id) {
      return std::unexpected(StoreError::same_mailbox);
    }
    const std::vector<StoredRow> rows = load_rows(database, from, uids);
    if (!remove_source) {
      QuotaUsage more{.bytes = 0, .messages = rows.size(), .mailboxes = 0};
      for (const StoredRow& row : rows) more.bytes += row.size;
      if (is_over_quota(database, more)) return std::unexpected(StoreError::over_quota);
    }
    auto result = add_rows(database, source->id, *target, rows);
    if (!result || rows.empty()) return result;
    copy_seen(database, reader, *source, *target, *result);
    save_mailbox(database, *target);
    context.touched.push_back({target->id, target->highest_modseq});
    if (remove_source) {
      remove_rows(database, *source, rows, take_modseq(*source));
      save_mailbox(database, *source);
      context.touched.push_back({source->id, source->highest_modseq});
    } else {
      for (const StoredRow& row : rows) add_reference(database, row.message);
    }
    return result;
  });
}

StoreResult<UidSet> AccountImpl::expunge_deleted(MailboxId mailbox, const UidSet& uids) {
  return remove_messages(mailbox, uids, true);
}

StoreResult<UidSet> AccountImpl::expunge(MailboxId mailbox, const UidSet& uids) {
  return remove_messages(mailbox, uids, false);
}

StoreResult<UidSet> AccountImpl::remove_messages(MailboxId mailbox, const UidSet& uids,
                                                 bool only_deleted) {
  return write(sqlite::Durability::disk, 0, [&](WriteContext& context) -> StoreResult<UidSet> {
    sqlite::Database& database = context.database;
    auto row = require_mailbox(database, mailbox);
    if (!row) return std::unexpected(row.error());
    UidSet gone;
    if (only_deleted && row->deleted == 0) return gone;
    std::vector<StoredRow> rows = load_rows(database, mailbox, uids);
    if (only_deleted) {
      std::erase_if(rows,
                    [](const StoredRow& stored) { return (stored.flags & flag::deleted) == 0; });
    }
    if (rows.empty()) return gone;
    for (const StoredRow& stored : rows) gone.add(Uid{stored.uid});
    remove_rows(database, *row, rows, take_modseq(*row));
    release_rows(database, row->id, rows);
    save_mailbox(database, *row);
    context.touched.push_back({row->id, row->highest_modseq});
    return gone;
  });
}

}  // namespace mailkeep::store
