// POP3's commands as values, and the table that reads them (RFC 1939, RFC 2449 3, RFC 2595 4,
// RFC 5034 4, RFC 6856). Arguments are syntax only: whether a message exists is the session's
// matter.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mailkeep::pop3 {

// What a client calls a message: 1 is the first. 0 and numbers too large to be one are kept, for
// there is no such message.
using MessageNumber = std::uint64_t;

struct CapaCommand {};
struct StlsCommand {};
struct UserCommand {
  std::string name;
};
struct PassCommand {
  std::string password;  // all of the rest of the line, spaces too (RFC 1939 7)
};
struct AuthCommand {
  std::string mechanism;                        // upper case; empty: list them (RFC 1734)
  std::optional<std::string> initial_response;  // still base64; "=" is the empty response
};
struct ApopCommand {
  std::string name;
  std::string digest;  // 32 lower-case hexadecimal digits
};
struct Utf8Command {};
struct LangCommand {
  std::string language;  // in lower case; empty: list them
};
struct QuitCommand {};
struct NoopCommand {};
struct StatCommand {};
struct ListCommand {
  std::optional<MessageNumber> message;
};
struct UidlCommand {
  std::optional<MessageNumber> message;
};
struct RetrCommand {
  MessageNumber message = 0;
};
struct TopCommand {
  MessageNumber message = 0;
  std::uint64_t lines = 0;
};
struct DeleCommand {
  MessageNumber message = 0;
};
struct RsetCommand {};

using Command =
    std::variant<CapaCommand, StlsCommand, UserCommand, PassCommand, AuthCommand, QuitCommand,
                 NoopCommand, StatCommand, ListCommand, UidlCommand, RetrCommand, TopCommand,
                 DeleCommand, RsetCommand, ApopCommand, Utf8Command, LangCommand>;

// RFC 1939 3: where a session is; bits, so that a command can be allowed in several.
enum class State : std::uint8_t { authorization = 1, transaction = 2 };

struct CommandEntry {
  std::string_view name;
  unsigned states;  // of State
  // Nothing where the arguments are wrong: `usage` says what they should be.
  std::optional<Command> (*parse)(std::string_view arguments);
  std::string_view usage;
};

struct ParsedCommand {
  const CommandEntry* entry = nullptr;  // the table's, lives for ever
  Command command;
};

// Why a line is no command now, for people.
struct CommandError {
  std::string text;
};

// A line without its end. Upper and lower case are the same in command names.
std::expected<ParsedCommand, CommandError> parse_command(std::string_view line, State state);

}  // namespace mailkeep::pop3
