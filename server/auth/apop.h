// APOP (RFC 1939 7). It needs the shared secret itself, so what is kept can be read by whoever can
// read the data directory: it is off unless configured, and has a secret of its own, not the
// password.
#pragma once

#include <string>
#include <string_view>

namespace mailkeep::server {

// The account's setting that holds the secret.
inline constexpr std::string_view kApopSecret = "apop-secret";

// MD5 of both, in lower-case hexadecimal digits. Throws std::runtime_error where there is no MD5.
std::string apop_digest(std::string_view timestamp, std::string_view secret);

}  // namespace mailkeep::server
