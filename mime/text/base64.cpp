#include <array>
#include <cstring>

#include "mime/text/decoders.h"

namespace mailkeep::mime {
namespace {

constexpr std::uint8_t kSpace = 0x40;
constexpr std::uint8_t kPad = 0x41;
constexpr std::uint8_t kInvalid = 0x42;

// RFC 2045 6.8 table 1: the value of each digit; white space, '=' and anything else above 63.
constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kInvalid);
  const std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    table[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  for (const char c : {' ', '\t', '\r', '\n'}) table[static_cast<unsigned char>(c)] = kSpace;
  table['='] = kPad;
  return table;
}

constexpr std::array<std::uint8_t, 256> kDigits = make_digits();

// A digit where it stands in a group of four, as the 24 bits it adds; anything else sets kNoDigit.
constexpr std::uint32_t kNoDigit = 0x80000000U;

constexpr std::array<std::array<std::uint32_t, 256>, 4> make_shifted_digits() {
  std::array<std::array<std::uint32_t, 256>, 4> tables{};
  for (std::size_t place = 0; place < 4; ++place) {
    for (std::size_t octet = 0; octet < 256; ++octet) {
      const std::uint32_t digit = kDigits[octet];
      tables[place][octet] = digit < 64 ? digit << (18 - 6 * place) : kNoDigit;
    }
  }
  return tables;
}

constexpr auto kShiftedDigits = make_shifted_digits();

// Decodes whole groups while nothing but digits comes; returns how many octets of `from` that took.
// `to` has room for three octets a group and one more.
std::size_t decode_groups(const unsigned char* from, std::size_t size, char*& to) {
  std::size_t at = 0;
  for (; at + 4 <= size; at += 4) {
    const std::uint32_t bits = kShiftedDigits[0][from[at]] | kShiftedDigits[1][from[at + 1]] |
                               kShiftedDigits[2][from[at + 2]] | kShiftedDigits[3][from[at + 3]];
    if (bits & kNoDigit) break;
    to[0] = static_cast<char>(bits >> 16);
    to[1] = static_cast<char>(bits >> 8);
    to[2] = static_cast<char>(bits);
    to += 3;
  }
  return at;
}

}  // namespace

void TransferDecoder::decode_base64_octet(unsigned char octet, char*& to) {
  const std::uint8_t digit = kDigits[octet];
  if (digit < 64) {
    if (padded_) damaged_ = true;  // something was encoded in pieces, each with its padding
    padded_ = false;
    quantum_ = quantum_ << 6 | digit;
    if (++digits_ == 4) {
      *to++ = static_cast<char>(quantum_ >> 16);
      *to++ = static_cast<char>(quantum_ >> 8);
      *to++ = static_cast<char>(quantum_);
      quantum_ = digits_ = 0;
    }
  } else if (digit == kPad) {
    if (digits_ < 2 && !padded_) damaged_ = true;
    flush_base64(to);
    padded_ = true;
  } else if (digit == kInvalid) {
    damaged_ = true;
  }
}

// The octets of a group that is not whole.
void TransferDecoder::flush_base64(char*& to) {
  if (digits_ == 1) damaged_ = true;
  if (digits_ == 2) *to++ = static_cast<char>(quantum_ >> 4);
  if (digits_ == 3) {
    *to++ = static_cast<char>(quantum_ >> 10);
    *to++ = static_cast<char>(quantum_ >> 2);
  }
  quantum_ = digits_ = 0;
}

void TransferDecoder::feed_base64(std::string_view bytes, std::string& out) {
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
  const std::size_t before = out.size();
  out.resize_and_overwrite(before + bytes.size() / 4 * 3 + 8, [&](char* begin, std::size_t) {
    char* to = begin + before;
    for (std::size_t at = 0; at < bytes.size();) {
      if (digits_ == 0 && !padded_) at += decode_groups(from + at, bytes.size() - at, to);
      if (at < bytes.size()) decode_base64_octet(from[at++], to);
    }
    return static_cast<std::size_t>(to - begin);
  });
}

void TransferDecoder::finish_base64(std::string& out) {
  if (digits_ > 0) damaged_ = true;
  char rest[2];
  char* to = rest;
  flush_base64(to);
  out.append(rest, static_cast<std::size_t>(to - rest));
}

}  // namespace mailkeep::mime
