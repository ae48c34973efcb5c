// SASLprep (RFC 4013): different ways to type the same name or password become one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::sasl {

// The prepared form of UTF-8 text, by ICU. Code points that Unicode 3.2 did not know are allowed,
// so that newer scripts and emoji can be in passwords (RFC 4616 2: "query" strings). Nothing where
// the text is not UTF-8 or has a character that SASLprep prohibits.
std::optional<std::string> prepare(std::string_view utf8);

}  // namespace mailkeep::sasl
