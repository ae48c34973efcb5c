// Passwords as other servers keep them: "{SCHEME}value", the schemes being Dovecot's. Only for
// checking: Mailkeep's own form is that of protocol/sasl/scram.h.
//
//   PLAIN CLEARTEXT                          the password itself
//   CRYPT DES-CRYPT MD5-CRYPT MD5 SHA256-CRYPT SHA512-CRYPT BLF-CRYPT    crypt(3)
//   ARGON2I ARGON2ID                         "$argon2id$..."
//   PLAIN-MD5 LDAP-MD5 SHA SHA1 SHA256 SHA512      a hash (PLAIN-MD5 in hexadecimal digits)
//   SMD5 SSHA SSHA256 SSHA512                the hash of password and salt, then the salt
//   SCRAM-SHA-1 SCRAM-SHA-256                iterations,salt,stored key,server key
//
// ".HEX" or ".B64" after a scheme says how a hash is written; base64 is usual.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailkeep::server {

enum class SchemeVerdict : std::uint8_t {
  right,
  wrong,
  unusable,  // an unknown scheme, or a value that is none
};

// `kept` without "{SCHEME}" is crypt(3)'s. Slow for the slow schemes: not on an I/O thread. Costs
// no more than the value says, of which whoever wrote it is the master.
SchemeVerdict check_scheme(std::string_view kept, std::string_view password);

}  // namespace mailkeep::server
