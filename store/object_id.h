// Object identifiers (RFC 8474 4 and 5) as the protocols show them: of mailboxes, of messages'
// contents (copies have the same) and of conversations. Never used again; unique in the whole
// store, since a session may see mailboxes of several accounts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::store {

// Letters, digits and '-'; at most 40 octets.
std::string object_id(AccountId account, MailboxId mailbox);
std::string object_id(AccountId account, MessageId message);
std::string object_id(AccountId account, ThreadId thread);

// The way back. Nothing where `text` is not what object_id gives for something of this account.
std::optional<MessageId> message_of(AccountId account, std::string_view text);
std::optional<ThreadId> thread_of(AccountId account, std::string_view text);

}  // namespace mailkeep::store
