// Rows of removed messages, within a write.
#pragma once

#include <cstdint>
#include <vector>

#include "store/mailbox_row.h"
#include "store/message_change.h"
#include "store/sqlite/database.h"

namespace mailkeep::store {

// Keeps rows that were taken out of their mailbox; they hold the references to their messages.
void keep_removed(sqlite::Database& database, MailboxId mailbox, const std::vector<StoredRow>& rows,
                  std::int64_t now);

// Whether messages of the mailbox are kept.
bool has_removed(sqlite::Database& database, MailboxId mailbox);
// Remembers a mailbox that is deleted and has messages that are kept.
void keep_removed_mailbox(sqlite::Database& database, const MailboxRow& row, std::int64_t now);

// Drops up to `most` messages that were removed at `until` or before. Returns whether there may be
// more of them.
bool drop_removed(sqlite::Database& database, std::int64_t until, std::int64_t now, int most);

}  // namespace mailkeep::store
