// The one form in which account names are stored and looked up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::server {

// `typed` prepared by SASLprep (RFC 4013) and with ASCII letters in lower case. Nothing where that
// is no account name: empty, more than 255 octets, not UTF-8, or with control characters.
std::optional<std::string> account_name(std::string_view typed);

// The pattern with a user's name put in: %u is the name, %n its part before the @, %d after it; %%
// is a percent sign. What is put in goes through `escape`, where there is one.
std::string fill_in_name(std::string_view pattern, std::string_view user,
                         std::string (*escape)(std::string_view) = nullptr);

}  // namespace mailkeep::server
