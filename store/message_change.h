// Changes of the rows of mailbox_message, within a write: what append, flags, copy, move, expunge
// and the deletion of mailboxes share. The caller saves the MailboxRow afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/account.h"
#include "store/mailbox_row.h"
#include "store/sqlite/database.h"

namespace mailkeep::store {

// A row as it is read for a change.
struct StoredRow {
  std::uint32_t uid;
  MessageId message;
  FlagBits flags;
  std::uint64_t modseq;
  std::uint64_t size;
  InternalDate internal_date;
};

// The rows of `uids` that are there, ascending.
std::vector<StoredRow> load_rows(sqlite::Database& database, MailboxId mailbox, const UidSet& uids);

// Adds a message at row.uid_next, which must be a UID, and counts it in. Rows come in the order of
// their mod-sequences, so that new ones are found from the end of the mailbox.
Uid insert_row(sqlite::Database& database, MailboxRow& row, const StoredRow& message, Modseq modseq,
               std::int64_t save_date);

// Puts `rows`, which are or were those of `from`, into `to`, which may be the same mailbox: under
// its next UIDs, with its bits for their keywords. References are the caller's.
StoreResult<CopyResult> add_rows(sqlite::Database& database, MailboxId from, MailboxRow& to,
                                 const std::vector<StoredRow>& rows);

// Remembers that rows in `uids`, which were there before, have `modseq` now.
void note_changed(sqlite::Database& database, MailboxRow& row, Modseq modseq, const UidSet& uids);

// Takes `rows` out of the mailbox and counts them out, with `modseq` as their expunge. Their
// messages are not touched: they have a new place, or drop_references is called.
void remove_rows(sqlite::Database& database, MailboxRow& row, const std::vector<StoredRow>& rows,
                 Modseq modseq);

// One reference more for a message that has one already.
void add_reference(sqlite::Database& database, MessageId message);
// One reference less for each; messages without any become orphans, to be purged later.
void drop_references(sqlite::Database& database, const std::vector<StoredRow>& rows,
                     std::int64_t now);

// Seconds since 1970.
std::int64_t current_time();

}  // namespace mailkeep::store
