// A client's mistake: where in the command (octets from its first, counting literals) and what was
// expected there.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

namespace mailkeep::imap {

struct SyntaxError {
  std::size_t position = 0;
  std::string text;    // e.g. "expected a sequence set"
  std::string code{};  // of the response to it; mostly none
};

template <class T>
using Parsed = std::expected<T, SyntaxError>;

}  // namespace mailkeep::imap
