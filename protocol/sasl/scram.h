// Password records of SCRAM-SHA-256 (RFC 5802 3, RFC 7677): one record checks the passwords of
// PLAIN, LOGIN and USER/PASS, and serves SCRAM itself; the password cannot be read from it.
//
// Slow on purpose (kDefaultIterations): never call these on an I/O thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/store.h"

namespace mailkeep::sasl {

// RFC 7677 3 asks for 4,096 at least and names 15,000 for strong machines. The server pays this at
// the first log-in with a password (later ones come from a cache), a telephone at each SCRAM
// log-in: about 3 ms on a server's core.
inline constexpr std::uint32_t kDefaultIterations = 10'000;
inline constexpr std::size_t kSaltBytes = 16;

// The record of a password with this salt. The password is prepared by SASLprep; one that SASLprep
// prohibits is taken as its octets, in both functions alike, so that nobody is locked out.
// Throws std::runtime_error where the cryptographic library fails.
store::PasswordRecord make_record(std::string_view password, std::string_view salt,
                                  std::uint32_t iterations);
// The same with a fresh random salt and the default iterations.
store::PasswordRecord make_record(std::string_view password);

// Whether the password is the record's. Takes the same time whatever the record's keys are. An
// empty password or a record without iterations never matches.
bool verify_password(const store::PasswordRecord& record, std::string_view password);

}  // namespace mailkeep::sasl
