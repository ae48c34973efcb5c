// The rows of an origin and of kept POP3 ids, within a write or a read.
#pragma once

#include <optional>
#include <string_view>

#include "store/mailbox_origin.h"
#include "store/mailbox_row.h"
#include "store/sqlite/database.h"

namespace mailkeep::store {

std::optional<MailboxOrigin> load_origin(sqlite::Database& database, MailboxId mailbox);
void save_origin(sqlite::Database& database, MailboxId mailbox, const MailboxOrigin& origin);

// Remembers that the message with `origin_uid` there has another UID here.
void note_moved_uid(sqlite::Database& database, MailboxId mailbox, Uid origin_uid, Uid uid);

// Before the first message that comes to the mailbox by itself: those that still come to its
// origin, if that is a server, must not have UIDs that other messages have here.
void leave_room(sqlite::Database& database, MailboxRow& row);

// Keeps a message's POP3 id. False: it is none, is another message's, or is what the message has
// anyway.
bool keep_pop3_id(sqlite::Database& database, const MailboxRow& row, Uid uid, std::string_view id);
void drop_pop3_ids(sqlite::Database& database, MailboxId mailbox, const UidSet::Range& uids);

// Removes all rows of a mailbox that goes.
void erase_origin(sqlite::Database& database, MailboxId mailbox);

}  // namespace mailkeep::store
