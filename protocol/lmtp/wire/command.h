// LMTP's commands as values, and the table that reads them (RFC 2033 4, RFC 5321 4.1.1, RFC 1870,
// RFC 3030 2, RFC 3207, RFC 4954 4, RFC 6152, RFC 6531; the parameters of RFC 3461 4 are checked
// and let go).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/lmtp/wire/address.h"
#include "protocol/lmtp/wire/reply.h"

namespace mailkeep::lmtp {

struct LhloCommand {
  std::string client;  // what it calls itself; printable, without spaces and parentheses
};
struct MailCommand {
  Address sender;                     // empty: <>
  std::optional<std::uint64_t> size;  // RFC 1870 6.1
  bool utf8 = false;                  // RFC 6531 3.4
};
struct RcptCommand {
  Address recipient;
};
struct DataCommand {};
struct BdatCommand {
  std::uint64_t size = 0;  // octets that follow the command
  bool last = false;
};
struct RsetCommand {};
struct NoopCommand {};
struct VrfyCommand {};
struct HelpCommand {};
struct QuitCommand {};
struct StartTlsCommand {};
struct AuthCommand {
  std::string mechanism;                        // upper case
  std::optional<std::string> initial_response;  // still base64; "=" is the empty response
};

using Command =
    std::variant<LhloCommand, MailCommand, RcptCommand, DataCommand, BdatCommand, RsetCommand,
                 NoopCommand, VrfyCommand, HelpCommand, QuitCommand, StartTlsCommand, AuthCommand>;

// RFC 3030 names no limit; a size beyond this cannot be read over.
inline constexpr std::uint64_t kMaxChunkBytes = std::uint64_t{1} << 40;

struct CommandEntry {
  std::string_view name;
  std::expected<Command, Reply> (*parse)(std::string_view arguments);
};

struct ParsedCommand {
  const CommandEntry* entry = nullptr;  // the table's, lives for ever
  Command command;
};

struct CommandError {
  Reply reply;
  bool fatal = false;  // what follows cannot be told apart from commands: end the session
};

// A line without its end. Upper and lower case are the same in names and keywords.
std::expected<ParsedCommand, CommandError> parse_command(std::string_view line);

}  // namespace mailkeep::lmtp
