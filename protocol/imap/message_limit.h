// The number of messages that one command works on (RFC 9738).
#pragma once

#include <string>

#include "protocol/imap/settings.h"
#include "store/types.h"

namespace mailkeep::imap {

// Leaves the highest UIDs that the limit allows in `uids`, as clients expect (RFC 9738 3.1).
// Returns the response code that tells of the rest, empty where there is none.
std::string limit_messages(const Settings& settings, store::UidSet& uids);

// The response code of a COPY of so many messages, which is refused then; empty where it is not.
std::string copy_limit_code(const Settings& settings, const store::UidSet& uids);

}  // namespace mailkeep::imap
