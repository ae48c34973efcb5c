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

// Remembers which message here the one with `origin_uid` there is.
void note_moved_uid(sqlite::Database& database, MailboxId mailbox, Uid origin_uid, Uid uid);

// Before a message that comes to the mailbox by itself: notes the first of them, and where the
// origin is a server, what still comes there must not have UIDs that other messages have here.
void leave_room(sqlite::Database& database, MailboxRow& row);

// Messages of the origin that were not taken: MissingUids. What is in both sets stays in the last
// one that was noted.
void note_missing(sqlite::Database& database, MailboxId mailbox, const UidSet& uids, bool told);
void forget_missing(sqlite::Database& database, MailboxId mailbox, const UidSet& uids);
bool has_missing(sqlite::Database& database, MailboxId mailbox);
bool is_missing(sqlite::Database& database, MailboxId mailbox, Uid uid);

// Keeps a message's POP3 id. False: it is none, is another message's, or is what the message has
// anyway.
bool keep_pop3_id(sqlite::Database& database, const MailboxRow& row, Uid uid, std::string_view id);
void drop_pop3_ids(sqlite::Database& database, MailboxId mailbox, const UidSet::Range& uids);

// Removes all rows of a mailbox that goes.
void erase_origin(sqlite::Database& database, MailboxId mailbox);

}  // namespace mailkeep::store
