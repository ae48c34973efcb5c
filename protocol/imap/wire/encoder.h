// Writes responses (RFC 9051 7 and 9). The only place that makes quotes and literals: whatever the
// octets, what comes out is what a strict RFC 3501 parser accepts. NUL cannot be in a literal; it
// is written as 0x80.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/types.h"

namespace mailkeep::imap {

class Encoder {
 public:
  // Appends to `out`, which must outlive the encoder.
  explicit Encoder(std::string& out) : out_(&out) {}

  // Whether quoted strings may hold UTF-8 (after ENABLE UTF8=ACCEPT or IMAP4rev2).
  void set_utf8(bool utf8) { utf8_ = utf8; }
  bool utf8() const { return utf8_; }

  // Text that is right as it stands: an atom, a keyword, punctuation.
  Encoder& raw(std::string_view text) {
    out_->append(text);
    return *this;
  }
  Encoder& sp() { return raw(" "); }
  Encoder& crlf() { return raw("\r\n"); }
  Encoder& number(std::uint64_t value);
  Encoder& string(std::string_view octets);  // quoted where that is possible, else a literal
  Encoder& nstring(std::optional<std::string_view> octets);
  Encoder& astring(std::string_view octets);  // an atom where possible
  Encoder& literal(std::string_view octets);
  Encoder& literal8(std::string_view octets);     // RFC 3516, NUL allowed
  Encoder& literal_header(std::uint64_t octets);  // "{n}" CRLF; the octets follow by literal_octets
  Encoder& literal_octets(std::string_view octets);     // NUL becomes 0x80
  Encoder& mailbox(std::string_view utf8_name);         // modified UTF-7 unless utf8()
  Encoder& date_time(const store::InternalDate& date);  // with its quotes
  Encoder& uid_set(const store::UidSet& uids);          // "1:3,7"
  // Flag list with parentheses; `keywords` are the mailbox's names of the keyword bits.
  Encoder& flag_list(store::FlagBits flags, const std::vector<std::string>& keywords, bool recent);
  // Response text (resp-text's text): CR, LF, NUL and 8-bit octets are replaced, empty becomes one
  // word.
  Encoder& text(std::string_view text);
  // The same with UTF-8, for clients that chose a language (RFC 5255 3.5).
  Encoder& utf8_text(std::string_view text);

 private:
  Encoder& write_text(std::string_view text, unsigned allowed);

  std::string* out_;
  bool utf8_ = false;
};

}  // namespace mailkeep::imap
