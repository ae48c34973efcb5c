// A range of results by their place (RFC 9394 4 partial-range).
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace mailkeep::imap {

// From 1, `first` <= `last`. `from_end`: 1 is the last result.
struct PlaceRange {
  std::uint32_t first = 1;
  std::uint32_t last = 1;
  bool from_end = false;

  // The first and the last place from the begin that it means among `count` results; nothing where
  // there is none of them.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> places(std::uint32_t count) const {
    if (first > count) return std::nullopt;
    const std::uint32_t end = last < count ? last : count;
    if (!from_end) return std::pair(first, end);
    return std::pair(count - end + 1, count - first + 1);
  }
};

}  // namespace mailkeep::imap
