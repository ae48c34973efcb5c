// Name -> parser, allowed states and traits: the one list of commands (RFC 9051 6).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/imap/command.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

// Bits of CommandEntry::states.
inline constexpr unsigned kBeforeLogin = static_cast<unsigned>(State::not_authenticated);
inline constexpr unsigned kAuthenticated = static_cast<unsigned>(State::authenticated);
inline constexpr unsigned kSelected = static_cast<unsigned>(State::selected);
inline constexpr unsigned kAfterLogin = kAuthenticated | kSelected;
inline constexpr unsigned kAnyState = kBeforeLogin | kAfterLogin;

struct CommandEntry {
  std::string_view name;  // upper case; "UID FETCH" for the UID forms
  // Parses what follows the name, from the SP before the first argument to the end.
  Parsed<Command> (*parse)(Decoder&);
  unsigned states;
  // Whether EXPUNGE responses must not be sent while it runs (RFC 9051 7.5.1).
  bool holds_expunges = false;
  // What it belongs to: where that is turned off, there is no such command.
  Capability capability = Capability::imap4rev1;
};

std::span<const CommandEntry> command_table();

// The entry of `name` (any case), or null.
const CommandEntry* find_command(std::string_view name);

}  // namespace mailkeep::imap
