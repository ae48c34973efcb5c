// ASCII as mail headers use it: no locale, any octet allowed as input.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mailkeep::mime {

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t';
}
constexpr bool is_line_space(char c) {
  return is_space(c) || c == '\r' || c == '\n';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_eight_bit(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// Without the line end, CRLF or LF, at the end, if there is one.
constexpr std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) {
    line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
  }
  return line;
}

// Equal but for the case of ASCII letters.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return x == y || to_lower(x) == to_lower(y);
         });
}

// Without spaces, tabs and line ends at the end.
constexpr std::string_view trim_right(std::string_view text) {
  while (!text.empty() && is_line_space(text.back())) text.remove_suffix(1);
  return text;
}

// Without spaces, tabs and line ends at either end.
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_line_space(text.front())) text.remove_prefix(1);
  return trim_right(text);
}

// How many octets at the start of `text` are ASCII.
inline std::size_t ascii_prefix(std::string_view text) {
  constexpr std::uint64_t kEightBits = 0x8080808080808080U;
  std::size_t at = 0;
  for (std::uint64_t eight = 0; at + 8 <= text.size(); at += 8) {
    std::memcpy(&eight, text.data() + at, 8);
    if (eight & kEightBits) break;
  }
  while (at < text.size() && !is_eight_bit(text[at])) ++at;
  return at;
}

// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace mailkeep::mime
