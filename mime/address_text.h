// The addresses of a header field as text that people look for.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::mime {

// The addresses that ENVELOPE has for a field of this value, which may be folded, as one line of
// UTF-8: "Name <mailbox@host>, mailbox@host, Group: mailbox@host;". Names are decoded; quotes,
// backslashes, routes and comments (but for one that stands for a name) are gone; what the value
// lacks is left out. Within the limits of one message (ParserLimits), linear in the value, and
// nothing throws for it.
std::string address_text(std::string_view value);

}  // namespace mailkeep::mime
