// How texts are compared (RFC 4790): the collations that a session may choose from (RFC 5255 4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::store {

enum class Comparator : std::uint8_t {
  unicode_casemap,  // RFC 5051; what kept keys and the text index are made with
  ascii_casemap,    // RFC 4790 9.2
  octet,            // RFC 4790 9.3
};

// The form in which texts are equal, ordered and found in one another, octet by octet.
std::string comparable_form(Comparator comparator, std::string_view utf8);

}  // namespace mailkeep::store
