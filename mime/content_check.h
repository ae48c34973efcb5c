// Whether encoded content is valid, found while it passes by and without decoding it: the same
// verdict as TransferDecoder::damaged(), with the place.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mime/text/decoders.h"

namespace mailkeep::mime {

class ContentCheck {
 public:
  // The content begins at `offset`; offsets that are found count from where it counts. Other
  // encodings than base64 and quoted-printable are always valid.
  explicit ContentCheck(TransferEncoding encoding = TransferEncoding::identity,
                        std::uint64_t offset = 0)
      : encoding_(encoding), offset_(offset) {}

  TransferEncoding encoding() const { return encoding_; }

  // The next octets; cut anywhere.
  void feed(std::string_view octets);
  // The end. Where the content just stops too early, its end is the place.
  void finish();

  std::optional<std::uint64_t> first_damage() const { return first_damage_; }

 private:
  // In quoted-printable: what was read since the last '='.
  enum class Escape : std::uint8_t { none, equals, digit, space, cr };

  void feed_base64(std::string_view octets);
  void take_base64_octet(char octet, std::uint64_t offset);
  void feed_quoted_printable(std::string_view octets);
  bool goes_on(char octet);
  void damaged_at(std::uint64_t offset) {
    if (!first_damage_) first_damage_ = offset;
  }

  TransferEncoding encoding_;
  std::uint64_t offset_;
  std::optional<std::uint64_t> first_damage_;
  std::uint64_t digits_ = 0;  // base64: since the last padding
  bool padded_ = false;       // base64: the last group was ended by '='
  Escape escape_ = Escape::none;
  std::uint64_t escape_offset_ = 0;
};

}  // namespace mailkeep::mime
