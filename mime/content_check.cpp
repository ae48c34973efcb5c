#include "mime/content_check.h"

#include <algorithm>

#include "mime/octet_lanes.h"
#include "mime/text/ascii.h"

namespace mailkeep::mime {
namespace {

// A group of sixteen lanes is added up at most this often before its sum is taken.
constexpr std::size_t kBlocksPerSum = 15;

bool is_base64_digit(char c) {
  return is_alpha(c) || is_digit(c) || c == '+' || c == '/';
}

// RFC 2045 6.8 table 1: which of sixteen octets are digits. '/' stands just before '0'.
OctetLanes base64_digits(const OctetLanes& octets) {
  const OctetLanes letters = (octets | 0x20) - 'a' < 26;
  const OctetLanes numbers = octets - '/' < 11;
  return letters | numbers | (octets == '+');
}

}  // namespace

void ContentCheck::feed(std::string_view octets) {
  if (!first_damage_) {
    if (encoding_ == TransferEncoding::base64) feed_base64(octets);
    if (encoding_ == TransferEncoding::quoted_printable) feed_quoted_printable(octets);
  }
  offset_ += octets.size();
}

void ContentCheck::feed_base64(std::string_view octets) {
  std::size_t at = 0;
  while (at < octets.size() && !first_damage_) {
    // As long as nothing but digits and line ends comes, only the digits have to be counted.
    OctetLanes digits{};
    for (std::size_t i = 0; i < kBlocksPerSum && !padded_ && at + kLanes <= octets.size(); ++i) {
      const OctetLanes block = load_lanes(octets.data() + at);
      const OctetLanes is_digit_lane = base64_digits(block);
      const OctetLanes is_line_end_lane = (block == '\r') | (block == '\n');
      if (any_lane(~(is_digit_lane | is_line_end_lane))) break;
      digits += is_digit_lane & 1;
      at += kLanes;
    }
    digits_ += sum_lanes(digits);
    const std::size_t end = std::min(at + kLanes, octets.size());
    for (; at < end; ++at) take_base64_octet(octets[at], offset_ + at);
  }
}

void ContentCheck::take_base64_octet(char octet, std::uint64_t offset) {
  if (is_base64_digit(octet)) {
    if (padded_) damaged_at(offset);
    padded_ = false;
    ++digits_;
  } else if (octet == '=') {
    if (!padded_ && digits_ % 4 < 2) damaged_at(offset);
    padded_ = true;
    digits_ = 0;
  } else if (!is_line_space(octet)) {
    damaged_at(offset);
  }
}

void ContentCheck::feed_quoted_printable(std::string_view octets) {
  std::size_t at = 0;
  while (at < octets.size()) {
    if (escape_ == Escape::none) {
      at = octets.find('=', at);
      if (at == std::string_view::npos) return;
      escape_ = Escape::equals;
      escape_offset_ = offset_ + at;
      ++at;
    } else if (goes_on(octets[at])) {
      ++at;
    } else {
      damaged_at(escape_offset_);
      return;
    }
  }
}

// RFC 2045 6.7: '=' stands before two digits, or before the end of a line, where white space that
// was added on the way may come between. Whether `octet` may come next.
bool ContentCheck::goes_on(char octet) {
  const Escape before = escape_;
  const bool may_end_line = before == Escape::equals || before == Escape::space;
  if (octet == '\n' && before != Escape::digit) {
    escape_ = Escape::none;
  } else if (octet == '\r' && may_end_line) {
    escape_ = Escape::cr;
  } else if (is_space(octet) && may_end_line) {
    escape_ = Escape::space;
  } else if (hex_value(octet) >= 0 && before == Escape::equals) {
    escape_ = Escape::digit;
  } else if (hex_value(octet) >= 0 && before == Escape::digit) {
    escape_ = Escape::none;
  } else {
    return false;
  }
  return true;
}

void ContentCheck::finish() {
  if (digits_ % 4 != 0) damaged_at(offset_);
  if (escape_ == Escape::digit || escape_ == Escape::cr) damaged_at(escape_offset_);
}

}  // namespace mailkeep::mime
