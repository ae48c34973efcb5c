// Header text for people: RFC 2047 encoded words and RFC 2231 parameter values as UTF-8. Made for
// real mail: words without the spaces around them, words cut in the middle of a character, unknown
// charsets and raw 8-bit text all give the best readable text, and never an error.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::mime {

// An unfolded or folded unstructured value, e.g. a Subject, as UTF-8.
std::string decode_header_text(std::string_view value);

// A parameter value as UTF-8: `name` ends in '*' where the value is extended (RFC 2231 4).
std::string decode_parameter(std::string_view name, std::string_view value);

}  // namespace mailkeep::mime
