// The octets after DATA as the message that they carry (RFC 5321 4.5.2), cut anywhere.
//
// Only CRLF "." CRLF ends the message, and a dot is taken off after CRLF only: what stands around a
// bare CR or LF is part of the message and stays as it came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::lmtp {

class DataDecoder {
 public:
  // Appends the message's octets to `out` and returns how many octets of `input` belong to it, its
  // end among them. All of them unless done().
  std::size_t feed(std::string_view input, std::string& out);
  bool done() const { return after_ == After::end; }

 private:
  enum class After : std::uint8_t { line_end, dot, dot_cr, text, cr, end };
  After step(char octet, std::string& out) const;

  After after_ = After::line_end;
};

}  // namespace mailkeep::lmtp
