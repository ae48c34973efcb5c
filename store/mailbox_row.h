// The row of a mailbox: read at the start of a write, changed in memory, written once at its end.
// All functions work inside the caller's transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/account.h"
#include "store/sqlite/database.h"

namespace mailkeep::store {

struct MailboxRow {
  MailboxId id;
  std::string name;
  std::uint32_t uid_validity = 0;
  std::uint64_t uid_next = 1;  // 2^32 where no UID is left
  Modseq highest_modseq{1};
  Modseq changes_after{1};  // `changed` is complete for what came after it
  std::uint32_t messages = 0;
  std::uint32_t unseen = 0;
  std::uint32_t unseen_from = 1;  // all messages below are seen
  std::uint32_t deleted = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t deleted_bytes = 0;  // of messages with \Deleted
  Uid first_recent{1};
  std::uint32_t keywords = 0;  // how many; they are never taken away
  SpecialUse special_use = SpecialUse::none;
  bool selectable = true;
};

std::optional<MailboxRow> load_mailbox(sqlite::Database& database, MailboxId id);
// `name` in its kept form.
std::optional<MailboxRow> load_mailbox(sqlite::Database& database, std::string_view name);
std::vector<MailboxRow> load_mailboxes(sqlite::Database& database);

// A mailbox that takes commands about messages; else no_such_mailbox.
StoreResult<MailboxRow> require_mailbox(sqlite::Database& database, MailboxId id);
// The same by a name in any form; a \NoSelect mailbox is mailbox_not_selectable.
StoreResult<MailboxRow> require_mailbox(sqlite::Database& database, std::string_view name);

// Writes all columns of a row that is there.
void save_mailbox(sqlite::Database& database, const MailboxRow& row);

// Makes a mailbox that is not there, with an id and a UIDVALIDITY that were never used before.
MailboxRow insert_mailbox(sqlite::Database& database, std::string_view name, SpecialUse use,
                          bool selectable);

std::vector<std::string> load_keywords(sqlite::Database& database, MailboxId id);

// The bits of `flags` in this mailbox. Keywords that it does not know are added to it, or passed
// over where `add` is false. Adds to row.keywords; the caller saves the row.
StoreResult<FlagBits> resolve_flags(sqlite::Database& database, MailboxRow& row,
                                    const FlagSet& flags, bool add);

// Takes the mailbox's next mod-sequence.
inline Modseq take_modseq(MailboxRow& row) {
  return Modseq{++row.highest_modseq.value};
}

// Counts one message in (+1) or out (-1).
inline void count_message(MailboxRow& row, FlagBits flags, std::uint64_t size, int sign) {
  row.messages += static_cast<std::uint32_t>(sign);
  if ((flags & flag::seen) == 0) row.unseen += static_cast<std::uint32_t>(sign);
  const std::uint64_t change = sign > 0 ? size : ~size + 1;
  if ((flags & flag::deleted) != 0) {
    row.deleted += static_cast<std::uint32_t>(sign);
    row.deleted_bytes += change;
  }
  row.size_bytes += change;
}

}  // namespace mailkeep::store
