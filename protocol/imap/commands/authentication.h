// STARTTLS, LOGIN, AUTHENTICATE (RFC 9051 6.2, RFC 4959).
#pragma once

#include <optional>
#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct StartTlsCommand {};
struct LoginCommand {
  std::string name;
  std::string password;
};
struct AuthenticateCommand {
  std::string mechanism;                        // upper case
  std::optional<std::string> initial_response;  // still base64; "=" is the empty response
};

Parsed<StartTlsCommand> parse_starttls(Decoder& decoder);
Parsed<LoginCommand> parse_login(Decoder& decoder);
Parsed<AuthenticateCommand> parse_authenticate(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const StartTlsCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const LoginCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const AuthenticateCommand& command);

}  // namespace mailkeep::imap
