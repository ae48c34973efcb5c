// The one table of capabilities (RFC 9051 6.1.1): name, RFC, when it is announced, whether ENABLE
// takes it, and what it builds on. CAPABILITY, ENABLE and the switches that turn capabilities off
// all come from it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/imap/wire/grammar.h"

namespace mailkeep::imap {

class Session;

struct CapabilityEntry {
  Capability capability;
  // As announced and as switches name it. With '=' at the end, `value` follows in CAPABILITY.
  std::string_view name;
  std::string_view rfc;
  // Whether this session's state has it; null: always. That it is not turned off is not asked here.
  bool (*announced)(Session&) = nullptr;
  std::string (*value)(Session&) = nullptr;
  // What ENABLE does; false where it was on already. Null: not for ENABLE.
  bool (*enable)(Session&) = nullptr;
  // What it builds on: without that it is turned off too.
  Capability builds_on = Capability::imap4rev1;
};

std::span<const CapabilityEntry> capability_table();

// The names for this session's state, separated by spaces: what CAPABILITY, the greeting and the
// reply to a log-in say.
std::string capabilities(Session& session);

// By its name in upper case, for ENABLE: null where it is unknown, turned off, or not for ENABLE.
const CapabilityEntry* find_enableable(const Session& session, std::string_view upper_name);

// Adds the capability of that name (any case; "=" and a value behind it do not matter), and all
// that builds on it, to `disabled`. False: there is none, or it cannot be turned off (IMAP4rev1,
// STARTTLS, LOGINDISABLED).
[[nodiscard]] bool disable_capability(CapabilitySet& disabled, std::string_view name);

// The account's setting (store::Store::setting) that lists what is turned off for it: names with
// spaces or commas between.
inline constexpr std::string_view kDisabledCapabilities = "disabled-capabilities";
// The set that such a list means; names that are not known any more are passed over.
CapabilitySet capabilities_of(std::string_view list);

}  // namespace mailkeep::imap
