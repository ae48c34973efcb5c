#include "protocol/imap/wire/mailbox_name.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

// RFC 3501 5.1.3: base64 with ',' instead of '/'.
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
constexpr std::string_view kInbox = "INBOX";
constexpr char32_t kReplacement = 0xfffd;
constexpr char32_t kInvalid = 0xffffffff;

bool is_printable(char32_t c) {
  return c >= 0x20 && c <= 0x7e;
}

bool is_high_surrogate(char32_t c) {
  return c >= 0xd800 && c <= 0xdbff;
}

bool is_low_surrogate(char32_t c) {
  return c >= 0xdc00 && c <= 0xdfff;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t octet) { out += static_cast<char>(octet); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6));
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3f));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

// The code point at `position` (RFC 3629), which moves behind it; kInvalid, one octet on, where
// there is none.
char32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto lead = static_cast<unsigned char>(text[position++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xc2 && lead <= 0xdf   ? 1
                   : lead >= 0xe0 && lead <= 0xef ? 2
                   : lead >= 0xf0 && lead <= 0xf4 ? 3
                                                  : 0;
  if (more == 0 || text.size() - position < static_cast<std::size_t>(more)) return kInvalid;
  char32_t value = lead & (0x3fU >> more);
  for (int i = 0; i < more; ++i) {
    const auto octet = static_cast<unsigned char>(text[position + static_cast<std::size_t>(i)]);
    if ((octet & 0xc0) != 0x80) return kInvalid;
    value = (value << 6) | (octet & 0x3f);
  }
  constexpr char32_t kLowest[] = {0, 0x80, 0x800, 0x10000};
  if (value < kLowest[more] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    return kInvalid;
  }
  position += static_cast<std::size_t>(more);
  return value;
}

// The base64 of one shift ("&...-" without both ends) as UTF-8. False where it is not UTF-16, not
// in its shortest form, or holds what stands for itself.
bool append_shifted(std::string& out, std::string_view base64) {
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  char32_t high = 0;
  for (const char c : base64) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return false;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    bit_count += 6;
    if (bit_count < 16) continue;
    bit_count -= 16;
    const char32_t unit = (bits >> bit_count) & 0xffff;
    bits &= (1U << bit_count) - 1;
    if (is_low_surrogate(unit) != (high != 0)) return false;
    if (high != 0) {
      append_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      high = 0;
    } else if (is_high_surrogate(unit)) {
      high = unit;
    } else if (is_printable(unit)) {
      return false;
    } else {
      append_utf8(out, unit);
    }
  }
  return high == 0 && bit_count < 6 && bits == 0;
}

class ShiftWriter {
 public:
  explicit ShiftWriter(std::string& out) : out_(out) {}

  void put(char32_t c) {
    if (!open_) out_ += '&';
    open_ = true;
    if (c < 0x10000) return put_unit(c);
    put_unit(0xd800 + ((c - 0x10000) >> 10));
    put_unit(0xdc00 + ((c - 0x10000) & 0x3ff));
  }

  void close() {
    if (!open_) return;
    if (bit_count_ > 0) out_ += kAlphabet[(bits_ << (6 - bit_count_)) & 0x3f];
    out_ += '-';
    bits_ = 0;
    bit_count_ = 0;
    open_ = false;
  }

 private:
  void put_unit(char32_t unit) {
    bits_ = (bits_ << 16) | unit;
    bit_count_ += 16;
    while (bit_count_ >= 6) {
      bit_count_ -= 6;
      out_ += kAlphabet[(bits_ >> bit_count_) & 0x3f];
    }
    bits_ &= (1U << bit_count_) - 1;
  }

  std::string& out_;
  std::uint32_t bits_ = 0;
  unsigned bit_count_ = 0;
  bool open_ = false;
};

bool is_wildcard(char c) {
  return c == '*' || c == '%';
}

// Wildcards side by side are one: '*' if there is a '*' among them.
std::string collapse_wildcards(std::string_view pattern) {
  std::string result;
  for (const char c : pattern) {
    if (is_wildcard(c) && !result.empty() && is_wildcard(result.back())) {
      if (c == '*') result.back() = '*';
    } else {
      result += c;
    }
  }
  return result;
}

// For each length from 0 to the name's: whether the pattern matches so much of the name. Goes
// through the pattern once, so that no pattern can make it look twice.
std::vector<char> reach(std::string_view pattern, std::string_view name) {
  // The octets of a first level INBOX match in any case.
  const bool inbox = name == kInbox || name.starts_with("INBOX/");
  const std::size_t any_case = inbox ? kInbox.size() : 0;
  std::vector<char> reached(name.size() + 1, 0);
  reached[0] = 1;
  for (const char c : collapse_wildcards(pattern)) {
    if (is_wildcard(c)) {
      for (std::size_t i = 0; i < name.size(); ++i) {
        if (reached[i] != 0 && (c == '*' || name[i] != '/')) reached[i + 1] = 1;
      }
      continue;
    }
    for (std::size_t i = name.size(); i > 0; --i) {
      const char have = name[i - 1];
      const bool equal = i <= any_case ? ascii_upper(have) == ascii_upper(c) : have == c;
      reached[i] = static_cast<char>(reached[i - 1] != 0 && equal);
    }
    reached[0] = 0;
  }
  return reached;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    if (next_code_point(text, position) == kInvalid) return false;
  }
  return true;
}

std::optional<std::string> decode_mailbox_name(std::string_view name) {
  std::string utf8;
  bool behind_shift = false;  // one shift right behind another is superfluous
  for (std::size_t i = 0; i < name.size();) {
    const char c = name[i];
    if (!is_printable(static_cast<unsigned char>(c))) return std::nullopt;
    if (c != '&') {
      utf8 += c;
      behind_shift = false;
      ++i;
      continue;
    }
    const std::size_t end = name.find('-', i);
    if (end == std::string_view::npos) return std::nullopt;
    if (end == i + 1) {
      utf8 += '&';
      behind_shift = false;
    } else {
      if (behind_shift || !append_shifted(utf8, name.substr(i + 1, end - i - 1))) {
        return std::nullopt;
      }
      behind_shift = true;
    }
    i = end + 1;
  }
  return utf8;
}

std::string encode_mailbox_name(std::string_view utf8) {
  std::string result;
  ShiftWriter shift(result);
  for (std::size_t position = 0; position < utf8.size();) {
    char32_t c = next_code_point(utf8, position);
    if (c == kInvalid) c = kReplacement;
    if (!is_printable(c)) {
      shift.put(c);
      continue;
    }
    shift.close();
    result += static_cast<char>(c);
    if (c == '&') result += '-';
  }
  shift.close();
  return result;
}

std::string normalize_inbox(std::string_view name) {
  std::string result(name);
  const bool first_level =
      name.size() == kInbox.size() || (name.size() > kInbox.size() && name[kInbox.size()] == '/');
  if (first_level && equal_ignoring_case(name.substr(0, kInbox.size()), kInbox)) {
    std::ranges::copy(kInbox, result.begin());
  }
  return result;
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  if (pattern == "*") return true;
  const auto wildcards = std::ranges::count_if(pattern, is_wildcard);
  if (pattern.size() - static_cast<std::size_t>(wildcards) > name.size()) return false;
  return reach(pattern, name).back() != 0;
}

std::vector<std::size_t> matching_prefixes(std::string_view pattern, std::string_view name) {
  const std::vector<char> reached = reach(pattern, name);
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (reached[i] != 0) lengths.push_back(i);
  }
  return lengths;
}

}  // namespace mailkeep::imap
