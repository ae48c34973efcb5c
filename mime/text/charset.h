// Charsets to UTF-8 and back to something comparable, by ICU. Nothing here throws for any input.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::mime {

// `bytes` in `charset` as UTF-8. An unknown charset, or us-ascii with 8-bit octets, is read as
// UTF-8 where it is valid UTF-8 and as windows-1252 otherwise; octets that the charset does not
// have become U+FFFD.
std::string to_utf8(std::string_view bytes, std::string_view charset);

bool is_known_charset(std::string_view charset);
bool is_valid_utf8(std::string_view bytes);

// The form in which two texts are compared without regard to case: i;unicode-casemap (RFC 5051) of
// UTF-8. A text holds another exactly if its folded form holds the other's folded form.
std::string fold_case(std::string_view utf8);

}  // namespace mailkeep::mime
