// The input is a header: its fields joined are the header.
#include "expect.h"
#include "mime/header_reader.h"

using namespace mailkeep;
using namespace mailkeep::mime;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view header = as_text(data, size);
  HeaderReader reader(header);
  std::string joined;
  while (const auto field = reader.next()) {
    expect(!field->raw.empty(), "each field has octets");
    expect(field->name.find(':') == std::string_view::npos, "a name has no colon");
    expect(field->raw.find(field->value) != std::string_view::npos, "a value is in its field");
    constexpr std::string_view kForbidden("\r\n\0", 3);
    expect(unfold(field->value).find_first_of(kForbidden) == std::string::npos,
           "unfolded is one line");
    joined += field->raw;
  }
  joined += reader.rest();
  expect(joined == header, "fields joined are the header");
  find_field(header, "subject");
  return 0;
}
