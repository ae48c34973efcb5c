// Content-Transfer-Encoding, decoded as a stream (RFC 2045 6.7, 6.8). Input may be cut anywhere.
// Wrong input never fails: what cannot be decoded is passed over (base64) or kept as it stands
// (quoted-printable), and `damaged()` says so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::mime {

enum class TransferEncoding : std::uint8_t { identity, base64, quoted_printable, unknown };

// By the value of Content-Transfer-Encoding; comments and white space around it do not matter.
TransferEncoding transfer_encoding(std::string_view value);

// By the bare name, as Part::encoding has it.
TransferEncoding transfer_encoding_named(std::string_view name);

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
  void finish_base64(std::string& out);
  void finish_quoted_printable(std::string& out);
  void decode_base64_octet(unsigned char octet, char*& to);
  void flush_base64(char*& to);
  void decode_line(std::string_view line, std::string& out);

  TransferEncoding encoding_;
  bool damaged_ = false;
  bool padded_ = false;          // base64: the last octets were a group that '=' ended
  std::uint32_t quantum_ = 0;    // base64: bits gathered
  std::uint32_t digits_ = 0;     // base64: digits gathered, 0 to 3
  std::string held_;             // quoted-printable: the beginning of a line
  std::size_t undecodable_ = 0;  // how much of it was there when it was last looked at
};

}  // namespace mailkeep::mime
