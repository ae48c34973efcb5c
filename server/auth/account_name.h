// The one form in which account names are stored and looked up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::server {

// `typed` prepared by SASLprep (RFC 4013) and with ASCII letters in lower case. Nothing where that
// is no account name: empty, more than 255 octets, not UTF-8, or with control characters.
std::optional<std::string> account_name(std::string_view typed);

}  // namespace mailkeep::server
