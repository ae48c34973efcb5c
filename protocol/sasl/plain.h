// The PLAIN mechanism (RFC 4616): one message with name and password.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::sasl {

// RFC 4616 2 asks for at least 255 octets each. Names are no longer than the store keeps; passwords
// get room for generated ones.
inline constexpr std::size_t kMaxNameBytes = 255;
inline constexpr std::size_t kMaxPasswordBytes = 1024;
// The longest message that can be accepted, before and after base64.
inline constexpr std::size_t kMaxPlainBytes = 2 * kMaxNameBytes + kMaxPasswordBytes + 2;
inline constexpr std::size_t kMaxPlainBase64Bytes = (kMaxPlainBytes + 2) / 3 * 4;

struct PlainMessage {
  std::string authorization;  // empty: the same as `name`
  std::string name;
  std::string password;
};

// The message after base64. Nothing where it is not three fields of valid UTF-8 within the limits,
// with a name and a password that are not empty.
std::optional<PlainMessage> parse_plain(std::string_view message);

}  // namespace mailkeep::sasl
