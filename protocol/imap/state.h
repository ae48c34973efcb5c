// The states of a session (RFC 9051 3).
#pragma once

#include <cstdint>

namespace mailkeep::imap {

enum class State : std::uint8_t {
  not_authenticated = 1,
  authenticated = 2,
  selected = 4,
};

class Session;

}  // namespace mailkeep::imap
