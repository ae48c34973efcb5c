// The input is a message; its preview is short, valid UTF-8 without line ends.
#include <algorithm>

#include "expect.h"
#include "mime/message_parser.h"
#include "mime/preview.h"
#include "mime/text/charset.h"

using namespace mailkeep;
using namespace mailkeep::mime;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view message = as_text(data, size);
  const std::string text = preview(parse_message(message), message);
  expect(is_valid_utf8(text), "a preview is UTF-8");
  const auto characters = std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  expect(static_cast<std::size_t>(characters) <= kPreviewCharacters, "a preview is short");
  expect(std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }),
         "a preview has no controls");
  return 0;
}
