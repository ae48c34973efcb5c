// The input is a kept structure, damaged or not.
#include "expect.h"
#include "mime/structure.h"

using namespace mailkeep;
using namespace mailkeep::mime;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto structure = deserialize(as_text(data, size));
  if (!structure) return 0;
  const std::string bytes = serialize(*structure);
  const auto again = deserialize(bytes);
  expect(again.has_value(), "what was read can be kept");
  expect(serialize(*again) == bytes, "what is kept is the same");
  for (std::uint32_t part = 0; part < std::min<std::size_t>(structure->parts.size(), 50); ++part) {
    part_number(*structure, part);
    children_of(*structure, part);
  }
  return 0;
}
