// A message's octets as the lines of a multi-line reply (RFC 1939 3), piece by piece.
//
// A client that takes the dots off again has the message octet by octet. Lines end at CRLF, so a
// dot is doubled after CRLF and at the start only: bare LF, bare CR and NUL go out as they are. A
// message that does not end in CRLF gets one, since the last line stands alone.
//
// One exception, for the sake of clients that end lines at any LF (most do): a message with a line
// that is a dot and nothing else after a *bare* LF would end the reply for them in its middle, and
// what follows would pass for the server's words. All bare LF of such a message are sent as CRLF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::pop3 {

// Finds out whether a message has such a line. Fed with all of it in order, cut anywhere.
class LoneDotFinder {
 public:
  void feed(std::string_view bytes);
  // After the last octet.
  bool found() const;

 private:
  enum class After : std::uint8_t { other, cr, bare_lf, dot, dot_cr, found };
  After after_ = After::other;
};

// Doubles dots and, if asked to, turns bare LF into CRLF.
class LineEncoder {
 public:
  explicit LineEncoder(bool crlf_for_lf = false) : crlf_for_lf_(crlf_for_lf) {}

  // The next octets of the message stand in `out` from `begin` on; they become what is sent.
  void encode(std::string& out, std::size_t begin);
  // The end of the message: a CRLF if one is missing, and the line that ends the reply.
  void finish(std::string& out);

 private:
  void double_dots(std::string& out, std::size_t begin);
  void change_line_ends(std::string& out, std::size_t begin);
  bool is_plain(std::string_view bytes) const;

  enum class After : std::uint8_t { other, cr, line_end };
  After after_ = After::line_end;
  bool crlf_for_lf_;
};

// How much of a message TOP shows: the header, the blank line and a number of lines of the body
// (RFC 1939 7). Lines end at LF. Fed with the message in order, cut anywhere.
class TopCounter {
 public:
  explicit TopCounter(std::uint64_t lines) : lines_(lines) {}

  // How many of these octets belong to it; fewer than all: done().
  std::size_t feed(std::string_view bytes);
  bool done() const { return in_body_ && lines_ == 0; }

 private:
  std::uint64_t lines_;
  bool in_body_ = false;
  bool line_is_blank_ = true;  // so far
};

}  // namespace mailkeep::pop3
