// The input is the value of Content-Type and its kin.
#include "expect.h"
#include "mime/content_type.h"
#include "mime/field_scanner.h"
#include "mime/text/decoders.h"

using namespace mailkeep;
using namespace mailkeep::mime;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string value;
  flatten(as_text(data, size), size, value);
  const ParserLimits limits;
  TextArena arena;
  ValueKeeper keeper(limits, arena);

  const ContentType type = parse_content_type(value, keeper);
  expect(!type.type.empty() && !type.subtype.empty(), "there is a type");
  expect(type.list.parameters.size() <= limits.parameters, "parameters are limited");
  for (const Parameter& parameter : type.list.parameters) expect(!parameter.name.empty(), "a name");
  const auto boundary = boundary_of(type.list.parameters);
  expect(!boundary || !boundary->empty(), "a boundary is not empty");

  const ContentDisposition disposition = parse_content_disposition(value, keeper);
  expect(!disposition.disposition.type.empty(), "there is a disposition");
  for (const std::string_view tag : parse_languages(value, keeper))
    expect(!tag.empty(), "a language");
  transfer_encoding(value);
  return 0;
}
