// How unique ids of messages are written (RFC 1939 7: UIDL). Clients that leave mail on the server
// know messages by them, so after a move from another server they must look as they did there.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace mailkeep::pop3 {

// Text with %u (the UID) and %v (UIDVALIDITY) in it, in decimal digits; %08Xu is eight hexadecimal
// digits, %% a percent sign. "dovecot" is %08Xu%08Xv, "courier" UID%u-%v, "cyrus" and "mailkeep"
// %v.%u, which are their servers' own formats.
//
// The format, for a name. A few words where it is neither a name nor a format: one without %u, with
// what is not printable ASCII, or whose ids may be longer than 70 octets.
std::expected<std::string, std::string> unique_id_format(std::string_view text);

std::string unique_id(std::string_view format, std::uint32_t uid, std::uint32_t uid_validity);

}  // namespace mailkeep::pop3
