// Tokens of URLs that authorize (RFC 4467 2.4.1, INTERNAL): HMAC-SHA-256 of the URL with the
// mailbox access key, in hexadecimal digits behind the number of this way to make them.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::imap {

// Throws std::runtime_error where the cryptographic library fails.
std::string url_token(std::string_view key, std::string_view rump);

// Whether it is the token; takes the same time for all tokens of a length. Never, where the key is
// empty.
bool is_url_token(std::string_view key, std::string_view rump, std::string_view token);

}  // namespace mailkeep::imap
