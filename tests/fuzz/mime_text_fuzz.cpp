// The input is header text, a parameter value, a charset with text in it, or text to fold.
#include "expect.h"
#include "mime/text/charset.h"
#include "mime/text/encoded_word.h"

using namespace mailkeep;
using namespace mailkeep::mime;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  constexpr std::string_view kForbidden("\r\n\0", 3);
  for (const std::string& decoded : {decode_header_text(text), decode_parameter("name", text),
                                     decode_parameter("name*", text)}) {
    expect(is_valid_utf8(decoded), "decoded text is UTF-8");
    expect(decoded.find_first_of(kForbidden) == std::string::npos, "decoded text is one line");
  }
  const std::size_t line = text.find('\n');
  const std::string_view charset = text.substr(0, line);
  is_known_charset(charset);
  const std::string converted = to_utf8(text.substr(std::min(line, text.size())), charset);
  expect(is_valid_utf8(converted), "converted text is UTF-8");
  expect(is_valid_utf8(fold_case(converted)), "folded text is UTF-8");
  fold_case(text);
  return 0;
}
