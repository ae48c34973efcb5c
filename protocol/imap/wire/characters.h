// The character classes of the grammar (RFC 3501 9) by table.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mailkeep::imap {

namespace character {
inline constexpr std::uint8_t atom = 1;          // ATOM-CHAR
inline constexpr std::uint8_t astring = 2;       // ASTRING-CHAR: and ']'
inline constexpr std::uint8_t tag = 4;           // ASTRING-CHAR but '+'
inline constexpr std::uint8_t list = 8;          // list-char: ASTRING-CHAR, '%' and '*'
inline constexpr std::uint8_t quoted = 16;       // QUOTED-CHAR that stands for itself
inline constexpr std::uint8_t escaped = 32;      // QUOTED-CHAR behind a backslash
inline constexpr std::uint8_t eight_bit = 64;    // not US-ASCII
inline constexpr std::uint8_t text_break = 128;  // CR, LF, NUL: neither in quoted strings nor text
}  // namespace character

inline constexpr std::array<std::uint8_t, 256> kCharacters = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned octet = 0; octet < 256; ++octet) {
    const char c = static_cast<char>(octet);
    std::uint8_t classes = 0;
    if (octet >= 0x80) {
      classes = character::eight_bit;
    } else if (c == '\r' || c == '\n' || c == '\0') {
      classes = character::text_break;
    } else if (c == '"' || c == '\\') {
      classes = character::escaped;
    } else {
      classes = character::quoted;
      const bool printable = octet > 0x20 && octet < 0x7f;
      if (printable && std::string_view("(){%*]").find(c) == std::string_view::npos) {
        classes |= character::atom | character::astring | character::list;
        if (c != '+') classes |= character::tag;
      }
      if (c == ']') classes |= character::astring | character::tag | character::list;
      if (c == '%' || c == '*') classes |= character::list;
    }
    table[octet] = classes;
  }
  return table;
}();

inline constexpr std::uint8_t classes_of(char c) {
  return kCharacters[static_cast<unsigned char>(c)];
}

// Whether all octets are of one class, and there is one at least.
inline constexpr bool all_are(std::string_view text, std::uint8_t wanted) {
  for (const char c : text) {
    if ((classes_of(c) & wanted) == 0) return false;
  }
  return !text.empty();
}

inline constexpr char ascii_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

inline constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (ascii_upper(a[i]) != ascii_upper(b[i])) return false;
  }
  return true;
}

}  // namespace mailkeep::imap
