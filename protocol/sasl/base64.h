// Base64 (RFC 4648 4) as SASL exchanges use it: strict, since a client's mistake must be seen
// (RFC 5034 4). Mail bodies have a lenient decoder of their own in mime/text/decoders.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::sasl {

// Nothing where `text` has any octet outside the alphabet, padding other than at the end, a length
// that is no multiple of four, or bits that are set beyond the last octet. Empty text is empty.
std::optional<std::string> decode_base64(std::string_view text);

std::string encode_base64(std::string_view octets);

}  // namespace mailkeep::sasl
