// The one table of capabilities (RFC 9051 6.1.1): name, RFC, and when it is announced.
#pragma once

#include <string>

namespace mailkeep::imap {

class Session;

// The names for this session's state, separated by spaces: what CAPABILITY, the greeting and the
// reply to a log-in say.
std::string capabilities(Session& session);

}  // namespace mailkeep::imap
