// COPY and MOVE to any mailbox the user may reach, also from one account to another (RFC 4314 4).
//
// Blocking.
#pragma once

#include <string>

#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/mailbox_view.h"
#include "store/account.h"

namespace mailkeep::imap {

// All of `uids` or none. Flags that the user may not set at the destination do not come along.
// Moving needs the rights to mark messages as deleted and to expunge them.
store::StoreResult<store::CopyResult> transfer_messages(const MailboxAccess& mailboxes,
                                                        MailboxView& view,
                                                        const store::UidSet& uids,
                                                        const std::string& destination, bool move);

}  // namespace mailkeep::imap
