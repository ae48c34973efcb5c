// Input that arrives in pieces must mean what it means as a whole.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>

#include "expect.h"

namespace mailkeep {

// `Conversation` takes octets by feed(), which is false where it wants no more, and tells by log()
// what it made of them.
template <class Conversation>
void expect_cuts_change_nothing(std::string_view input) {
  Conversation whole;
  whole.feed(input);
  Conversation pieces;
  std::uint64_t seed = std::hash<std::string_view>()(input);
  for (std::string_view rest = input; !rest.empty();) {
    seed = seed * 6364136223846793005U + 1442695040888963407U;
    const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + (seed >> 33) % 30);
    if (!pieces.feed(rest.substr(0, piece))) break;
    rest.remove_prefix(piece);
  }
  expect(pieces.log() == whole.log(), "cuts change nothing");
}

}  // namespace mailkeep
