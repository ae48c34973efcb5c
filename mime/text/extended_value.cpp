#include "mime/text/extended_value.h"

#include "mime/text/ascii.h"

namespace mailkeep::mime {

ExtendedValue decode_extended_value(std::string_view value) {
  ExtendedValue result;
  const std::size_t charset_end = value.find('\'');
  if (charset_end != std::string_view::npos) {
    const std::size_t language_end = value.find('\'', charset_end + 1);
    if (language_end != std::string_view::npos) {
      result.charset = value.substr(0, charset_end);
      value.remove_prefix(language_end + 1);
    }
  }
  result.octets.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    const int high = value[i] == '%' && i + 2 < value.size() ? hex_value(value[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(value[i + 2]) : -1;
    if (low >= 0) {
      result.octets.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      result.octets.push_back(value[i]);
    }
  }
  return result;
}

}  // namespace mailkeep::mime
