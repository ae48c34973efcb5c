// Bytes from the client -> whole commands, without any I/O. Feed bytes, then ask what is there.
//
// A small literal is gathered into the command's text. A literal that the session wants to stream
// (the message of an APPEND) is announced first: the session looks at what came so far and answers
// `gather` or takes the octets itself with `take`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mailkeep::imap {

struct ReaderLimits {
  std::size_t line_bytes = 64 * 1024;        // of a command without its literals
  std::size_t gathered_bytes = 1024 * 1024;  // of a command with its gathered literals
  // Of a literal that the client does not wait to send (RFC 7888 5: LITERAL- allows 4096).
  std::uint64_t unasked_octets = 0xffffffff;
};

// A literal with more octets is never waited for, nor passed over.
inline constexpr std::uint64_t kMaxLiteralOctets = 0xffffffff;

// Not enough bytes yet.
struct NeedMore {};
// A literal begins. `text` is the command so far, with the literal's own "{n}" CRLF. The session
// answers with CommandReader::gather(), stream() or refuse(), and writes "+ " where the literal is
// wanted and `synchronizing`. The text is valid until that answer.
struct NeedLiteral {
  std::string_view text;
  std::uint64_t octets = 0;
  bool synchronizing = true;
  bool literal8 = false;
};
// A whole command, without its CRLF. Valid until the next call of next() or input().
struct CommandText {
  std::string_view text;
};
// Not a command: what to tell, and the tag if there was one. The bad line was thrown away, and
// where it was too long, what follows of it will be, with the literals that nothing can stop the
// client from sending. `fatal`: the rest cannot be told from commands any more (a non-synchronizing
// literal too large to pass over): the session must end.
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

  // Where the connection appends what it reads. What has been used of it goes away by the call.
  std::string& input();

  // A line ends with CRLF or a bare LF. NUL and a bare CR in it make it BadInput. While there is
  // no input, no memory is held for it.
  ReaderEvent next();

  // Answers to NeedLiteral; without one, next() refuses it.
  //
  // The literal becomes part of the command's text. False: it would be too much and is refused;
  // next() says so as BadInput. "+ " must not be written then.
  [[nodiscard]] bool gather();
  // Of a literal of `octets`: they are fetched by take().
  void stream(std::uint64_t octets);
  // The literal is not wanted. A synchronizing one is simply never sent; the octets of another are
  // passed over as they arrive, with the rest of its command. The command is thrown away.
  void refuse(std::uint64_t octets, bool synchronizing);

  // While streaming: up to what has arrived of the literal, possibly nothing; consumed by the call.
  // Valid until the next call of input(). After the last octet, next() goes on with the rest of the
  // command: the text then has the literal's header but not its octets.
  std::string_view take();
  std::uint64_t left_to_stream() const { return streaming_; }

  // Whether whole input may be waiting: next() may give more than NeedMore without reading.
  bool has_input() const { return consumed_ < input_.size(); }

  // Forget everything that came (STARTTLS).
  void reset();
  // The octets that came and were not looked at; they are forgotten here (COMPRESS).
  std::string take_unread();

 private:
  struct Announced {
    std::uint64_t octets;
    bool synchronizing;
  };
  std::string_view unread() const { return std::string_view(input_).substr(consumed_); }
  void drop_consumed();
  void forget_command();
  bool pass_over();
  bool gather_more();
  std::optional<ReaderEvent> line();
  std::optional<ReaderEvent> incomplete_line();
  std::optional<ReaderEvent> skipped_line(std::string_view line);
  ReaderEvent complete_line(std::string_view line);
  ReaderEvent literal_begins(std::string_view line, std::uint64_t octets, bool synchronizing,
                             bool literal8);
  BadInput reject(std::string_view line, std::string text);

  ReaderLimits limits_;
  std::string input_;                   // as read
  std::size_t consumed_ = 0;            // of input_
  std::size_t scanned_ = 0;             // of what is unread: no line end in it
  std::string command_;                 // text of a command that has literals
  std::size_t line_bytes_ = 0;          // of command_: what is not literals
  bool command_ended_ = false;          // command_ was given away
  std::optional<Announced> announced_;  // the literal that waits for its answer
  std::uint64_t gathering_ = 0;         // octets of a literal still to gather
  std::uint64_t streaming_ = 0;
  std::uint64_t skipping_ = 0;
  bool skipping_line_ = false;
  std::optional<BadInput> refusal_;  // to be told by next()
};

}  // namespace mailkeep::imap
