// The client's bytes as lines (RFC 1939 3). Lines end at LF; a CR before it is not part of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mailkeep::pop3 {

// RFC 2449 4 asks for 255 octets with the line end; more does no harm.
inline constexpr std::size_t kMaxLineBytes = 1024;
// A line that goes on for longer than this is no mail client's.
inline constexpr std::size_t kMaxSkippedBytes = 64 * 1024;

struct NeedMore {};
// Too long; it has been read to its end and thrown away.
struct LineTooLong {};
// Longer than kMaxSkippedBytes and still no end: give up.
struct EndlessLine {};
struct Line {
  std::string_view text;  // valid until input() is called
};
using LineEvent = std::variant<NeedMore, Line, LineTooLong, EndlessLine>;

class LineReader {
 public:
  // Where the next octets are to be appended. Ends the life of all views.
  std::string& input();

  // The next line of at most `limit` octets.
  LineEvent next(std::size_t limit = kMaxLineBytes);
  // The same line that next() would give now, if it is there whole and not too long.
  std::optional<std::string_view> peek() const;

  bool has_input() const { return begin_ < input_.size(); }
  // Forgets everything that has not been read (RFC 2595 4: before TLS).
  void reset();

 private:
  std::string input_;
  std::size_t begin_ = 0;    // of what has not been given out
  std::size_t skipped_ = 0;  // octets of a line that is too long, thrown away so far
};

}  // namespace mailkeep::pop3
