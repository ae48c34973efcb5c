// How other servers make the unique ids of POP3 (RFC 1939 7) out of what they know of a message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::server {

// A text with %u (UID), %v (UIDVALIDITY), %f (the file's name in a Maildir, without flags) and %%;
// between '%' and the letter may stand a width, with a leading 0 for zeros, and 'x' or 'X' for
// hexadecimal numbers, in small letters: Dovecot's default is "%08Xu%08Xv".
class Pop3IdFormat {
 public:
  // One of the names dovecot, courier, cyrus, or such a text; nothing where it is neither.
  static std::optional<Pop3IdFormat> parse(std::string_view text);

  // The id; it may be none that POP3 allows.
  std::string make(std::uint32_t uid_validity, std::uint32_t uid, std::string_view file) const;

 private:
  explicit Pop3IdFormat(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace mailkeep::server
