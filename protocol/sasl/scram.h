// Keys of passwords as SCRAM keeps them (RFC 5802 3, RFC 7677): they check the passwords of PLAIN,
// LOGIN and USER/PASS, and serve SCRAM itself; the password cannot be read from them.
//
// Slow on purpose (kDefaultIterations): never call what takes a password on an I/O thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace mailkeep::sasl {

// RFC 7677 3 asks for 4,096 at least and names 15,000 for strong machines. The server pays this at
// the first log-in with a password (later ones come from a cache), a telephone at each SCRAM
// log-in: about 3 ms on a server's core.
inline constexpr std::uint32_t kDefaultIterations = 10'000;
inline constexpr std::size_t kSaltBytes = 16;

inline constexpr std::array kAllHashes{store::ScramHash::sha1, store::ScramHash::sha256,
                                       store::ScramHash::sha512};

// "SHA-256"
std::string_view name_of(store::ScramHash hash);

// The keys of a password. The password is prepared by SASLprep; one that SASLprep prohibits is
// taken as its octets, wherever passwords are compared, so that nobody is locked out.
// Throws std::runtime_error where the cryptographic library fails, or for no iterations.
store::ScramKeys make_keys(store::ScramHash hash, std::string_view password, std::string_view salt,
                           std::uint32_t iterations);

// The record of a password with this salt, for SHA-256 only.
store::PasswordRecord make_record(std::string_view password, std::string_view salt,
                                  std::uint32_t iterations);
// The record with all hashes. For a hash that is in `like` its salt and iterations are used, as all
// passwords of one account share them; for others a fresh salt and the default iterations.
store::PasswordRecord make_record(std::string_view password,
                                  std::span<const store::ScramKeys> like = {},
                                  std::span<const store::ScramHash> hashes = kAllHashes);
// All keys of a record; none where it has no password.
std::vector<store::ScramKeys> keys_of(const store::PasswordRecord& record);

// Whether the password is the record's. Takes the same time whatever the record's keys are. An
// empty password or a record without iterations never matches.
bool verify_password(const store::PasswordRecord& record, std::string_view password);

// In constant time, but for the sizes.
bool same_octets(std::string_view one, std::string_view other);

// HMAC and the plain hash, for SCRAM's exchange.
std::string hmac_of(store::ScramHash hash, std::string_view key, std::string_view text);
std::string digest_of(store::ScramHash hash, std::string_view text);

// Octets that nobody can guess. Throws std::runtime_error.
std::string random_octets(std::size_t count);

}  // namespace mailkeep::sasl
