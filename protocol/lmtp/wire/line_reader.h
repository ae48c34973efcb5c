// The client's octets as command lines (RFC 5321 2.3.8), and as they are for messages.
//
// A line ends at CRLF and nowhere else: a bare CR or LF is refused, since two programs that
// disagree about the ends of lines are what smuggled mail is made of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace mailkeep::lmtp {

// RFC 5321 4.5.3.1.4 asks for 512 octets, the extensions add to that (RFC 3461 4, RFC 6531 3.4).
inline constexpr std::size_t kMaxLineBytes = 4096;
// A line that goes on for longer than this is no mail server's.
inline constexpr std::size_t kMaxSkippedBytes = 64 * 1024;

struct NeedMore {};
// Too long; it has been read to its end and thrown away.
struct LineTooLong {};
// Longer than kMaxSkippedBytes and still no end: give up.
struct EndlessLine {};
// A CR or LF stood alone; read up to the next LF and thrown away.
struct BareLineEnd {};
struct Line {
  std::string_view text;  // valid until input() is called
};
using LineEvent = std::variant<NeedMore, Line, LineTooLong, BareLineEnd, EndlessLine>;

class LineReader {
 public:
  // Where the next octets are to be appended. Ends the life of all views.
  std::string& input();

  LineEvent next();

  // What has not been given out, for messages; take() says how much of it was used.
  std::string_view rest() const { return std::string_view(input_).substr(begin_); }
  void take(std::size_t count) { begin_ += count; }

  bool has_input() const { return begin_ < input_.size(); }
  // Forgets everything that has not been read (RFC 3207 4.2: before TLS).
  void reset();

 private:
  std::string input_;
  std::size_t begin_ = 0;    // of what has not been given out
  std::size_t skipped_ = 0;  // octets of a line that is too long, thrown away so far
};

}  // namespace mailkeep::lmtp
