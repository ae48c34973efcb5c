// The number of messages that one command works on (RFC 9738).
#pragma once

#include <string>

#include "protocol/imap/settings.h"
#include "store/types.h"

namespace mailkeep::imap {

// The limit of COPY and APPEND; 0: there is none.
std::uint32_t save_limit_of(const Settings& settings);

// The response code without a UID: of what is refused as a whole.
std::string limit_code(std::uint32_t limit);

// Leaves the highest UIDs that the limit allows in `uids`, as clients expect (RFC 9738 3.1).
// Returns the response code that tells of the rest, empty where there is none.
std::string limit_messages(const Settings& settings, store::UidSet& uids);

// The response code of a COPY of so many messages, which is refused then; empty where it is not.
std::string copy_limit_code(const Settings& settings, const store::UidSet& uids);

}  // namespace mailkeep::imap
