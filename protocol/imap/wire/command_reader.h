// Bytes from the client -> whole commands, without any I/O. Feed bytes, then ask what is there.
//
// A small literal is gathered into the command's text. A literal that the session wants to stream
// (the message of an APPEND) is announced first: the session looks at what came so far and answers
// `gather` or takes the octets itself with `take`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace mailkeep::imap {

struct ReaderLimits {
  std::size_t line_bytes = 64 * 1024;        // of a command without its literals
  std::size_t gathered_bytes = 1024 * 1024;  // of a command with its gathered literals
};

// Not enough bytes yet.
struct NeedMore {};
// A literal begins. `text` is the command so far, with the literal's own "{n}" CRLF. The session
// answers with CommandReader::gather() or CommandReader::stream() (or refuse()), after it wrote "+
// " where `synchronizing`.
struct NeedLiteral {
  std::string_view text;
  std::uint64_t octets = 0;
  bool synchronizing = true;
  bool literal8 = false;
};
// A whole command, without its CRLF. Valid until the next call of next().
struct CommandText {
  std::string_view text;
};
// Not a command: what to tell, and the tag if there was one. The bad line was thrown away, and
// where it was too long, what follows of it will be. `fatal`: the rest cannot be told from commands
// any more (a non-synchronizing literal too large to pass over): the session must end.
struct BadInput {
  std::string tag;
  std::string text;
  bool fatal = false;
};

using ReaderEvent = std::variant<NeedMore, NeedLiteral, CommandText, BadInput>;

class CommandReader {
 public:
  explicit CommandReader(const ReaderLimits& limits = {}) : limits_(limits) {}

  void set_limits(const ReaderLimits& limits) { limits_ = limits; }

  // Where the connection appends what it reads.
  std::string& input() { return input_; }

  ReaderEvent next();

  // Answers to NeedLiteral.
  void gather();
  void stream(std::uint64_t octets);
  // The literal is not wanted. A synchronizing one is simply never sent; the octets of another are
  // passed over as they arrive. The command is thrown away.
  void refuse(std::uint64_t octets, bool synchronizing);

  // While streaming: up to what has arrived of the literal, possibly nothing; consumed by the call.
  // Valid until input() grows. After the last octet, next() goes on with the rest of the command:
  // the text then has the literal's header but not its octets.
  std::string_view take();
  std::uint64_t left_to_stream() const { return streaming_; }

  // Whether whole input may be waiting: next() may give more than NeedMore without reading.
  bool has_input() const { return consumed_ < input_.size(); }

  // Forget everything that came (STARTTLS).
  void reset();

 private:
  ReaderLimits limits_;
  std::string input_;            // as read
  std::size_t consumed_ = 0;     // of input_
  std::string command_;          // text of a command that has literals
  std::uint64_t gathering_ = 0;  // octets of a literal still to gather
  std::uint64_t streaming_ = 0;
  std::uint64_t skipping_ = 0;
  bool skipping_line_ = false;
};

}  // namespace mailkeep::imap
