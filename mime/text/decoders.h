// Content-Transfer-Encoding, decoded as a stream (RFC 2045 6.7, 6.8). Input may be cut anywhere. Wrong
// input never fails: what cannot be decoded is passed over (base64) or kept as it stands
// (quoted-printable), and `damaged()` says so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::mime {

enum class TransferEncoding : std::uint8_t { identity, base64, quoted_printable, unknown };

// By the value of Content-Transfer-Encoding; comments and white space around it do not matter.
TransferEncoding transfer_encoding(std::string_view value);

class TransferDecoder {
 public:
  // `unknown` is passed through as `identity`.
  explicit TransferDecoder(TransferEncoding encoding) : encoding_(encoding) {}

  // Appends the decoded octets of `bytes` to `out`.
  void feed(std::string_view bytes, std::string& out);
  // Appends what is still held back at the end of the part.
  void finish(std::string& out);
  // Whether anything fed so far (after finish: anything at all) was not valid.
  bool damaged() const { return damaged_; }

 private:
  void feed_base64(std::string_view bytes, std::string& out);
  void feed_quoted_printable(std::string_view bytes, std::string& out);

  TransferEncoding encoding_;
  bool damaged_ = false;
  bool padded_ = false;         // base64: '=' was seen
  std::uint32_t quantum_ = 0;   // base64: bits gathered
  std::uint32_t digits_ = 0;    // base64: digits gathered, 0 to 3
  std::string held_;            // quoted-printable: an escape or trailing white space cut by the input
};

}  // namespace mailkeep::mime
