// The input is a message. Its structure keeps the rules, wherever the input is cut and whatever the
// limits are, and is the same after it was kept.
#include <cstdint>
#include <functional>

#include "expect.h"
#include "mime/message_parser.h"
#include "structure_check.h"

using namespace mailkeep;
using namespace mailkeep::mime;

namespace {

void expect_rules(const Structure& structure, std::string_view message) {
  for (const std::string& broken : violations(structure, message)) expect(false, broken);
}

std::string parse_in_pieces(std::string_view message, std::size_t seed) {
  MessageParser parser;
  while (!message.empty()) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    const std::size_t size = std::min<std::size_t>(message.size(), 1 + (seed >> 33) % 40);
    parser.feed(message.substr(0, size));
    message.remove_prefix(size);
  }
  return serialize(parser.finish());
}

void expect_limits(std::string_view message, std::size_t seed) {
  ParserLimits limits;
  limits.depth = 1 + static_cast<std::uint32_t>(seed % 5);
  limits.parts = 1 + static_cast<std::uint32_t>(seed / 5 % 7);
  limits.header_bytes = 20 + static_cast<std::uint32_t>(seed / 35 % 100);
  limits.parameters = static_cast<std::uint32_t>(seed / 3500 % 4);
  limits.addresses = static_cast<std::uint32_t>(seed / 14000 % 4);
  limits.values = static_cast<std::uint32_t>(seed / 56000 % 8);
  limits.text_bytes = static_cast<std::uint32_t>(seed / 448000 % 200);
  const Structure limited = parse_message(message, limits);
  expect_rules(limited, message);
  expect(limited.parts.size() <= limits.parts, "the number of parts is limited");
  expect(deserialize(serialize(limited)).has_value(), "a limited structure can be read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view message = as_text(data, size);
  const Structure structure = parse_message(message);
  expect_rules(structure, message);

  const std::string bytes = serialize(structure);
  const auto again = deserialize(bytes);
  expect(again.has_value(), "a kept structure can be read");
  expect(serialize(*again) == bytes, "a kept structure is the same");

  // By turns, since each costs as much as all of the above.
  const std::size_t seed = std::hash<std::string_view>()(message);
  if (seed >> 60 & 1) {
    expect(parse_in_pieces(message, seed) == bytes, "cuts change nothing");
  } else {
    expect_limits(message, seed);
  }
  return 0;
}
