// RFC 2231 4 extended parameter values: charset'language'text with %XX octets.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::mime {

struct ExtendedValue {
  std::string_view charset;  // a view into the value; empty where it names none
  std::string octets;        // the text in that charset
};

// A value without the two quotes is text alone; a '%' without two digits stands for itself.
ExtendedValue decode_extended_value(std::string_view value);

}  // namespace mailkeep::mime
