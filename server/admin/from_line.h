// The line that begins a message in an mbox file: "From SENDER DATE" (RFC 4155, and what programs
// write).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::server {

// The date of such a line; nothing where it is no such line. Without a zone the date is UTC. With
// or without seconds, the zone before or after the year; what follows the date does not matter.
std::optional<store::InternalDate> parse_from_line(std::string_view line);

// "From MAILER-DAEMON Thu Jan  1 00:00:00 1970", with the zone behind it where that is not UTC;
// without a line end.
std::string make_from_line(store::InternalDate date);

// Whether a line of a message must be quoted in mbox: ">*From " (the mboxrd rule).
bool is_quoted_or_from(std::string_view line);

}  // namespace mailkeep::server
