#include "protocol/imap/commands/authentication.h"

#include <algorithm>
#include <expected>
#include <utility>

#include "protocol/imap/capability.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl/plain.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::imap {
namespace {

using protocol::LoginError;

constexpr std::string_view kRefused = "Wrong name or password";

// One text for a wrong name and a wrong password (RFC 5530 3 AUTHENTICATIONFAILED).
Reply login_refused(LoginError error) {
  switch (error) {
    case LoginError::refused:
      return Reply::no("AUTHENTICATIONFAILED", std::string(kRefused));
    case LoginError::account_damaged:
      return Reply::no("CONTACTADMIN", "The mail of this account cannot be opened");
    case LoginError::account_suspended:
      return Reply::no("CONTACTADMIN", "This account is suspended");
    case LoginError::unavailable:
      break;
  }
  return Reply::no("UNAVAILABLE", "Log-in is not possible now, try again later");
}

Reply needs_tls() {
  return Reply::no("PRIVACYREQUIRED", "Log-in needs TLS");
}

Awaitable<Reply> log_in(Session& session, std::string_view mechanism, std::string name,
                        std::string password, std::string authorization) {
  const protocol::LoginOrigin origin{.protocol = "imap",
                                     .mechanism = mechanism,
                                     .peer = session.stream().peer(),
                                     .tls = session.stream().is_tls()};
  auto account = co_await session.services().authenticator.check_password(
      std::move(name), std::move(password), std::move(authorization), origin);
  if (!account) co_return login_refused(account.error());
  CapabilitySet disabled;
  if (store::Store* store = session.services().store) {
    const auto list = co_await session.blocking(
        [&] { return store->setting((*account)->name(), kDisabledCapabilities); });
    if (list) disabled = capabilities_of(*list);
  }
  session.logged_in(std::move(*account), disabled);
  co_return Reply::ok("CAPABILITY " + capabilities(session), "Logged in");
}

// A line of the client that is not a command, or how its lack ends the command.
Awaitable<std::expected<std::string, Reply>> read_continuation_line(Session& session) {
  auto status = protocol::ReadStatus::data;
  for (;;) {
    const ReaderEvent event = session.reader().next();
    if (const auto* line = std::get_if<CommandText>(&event)) co_return std::string(line->text);
    if (const auto* bad = std::get_if<BadInput>(&event)) {
      if (!bad->fatal) co_return std::unexpected(Reply::bad(bad->text));
      session.out().raw("* BYE ").text(bad->text).crlf();
      co_return std::unexpected(Reply::end());
    }
    if (const auto* literal = std::get_if<NeedLiteral>(&event)) {
      session.reader().refuse(literal->octets, literal->synchronizing);
      co_return std::unexpected(Reply::bad("Expected base64"));
    }
    if (!co_await session.flush()) co_return std::unexpected(Reply::end());
    status = co_await session.read_input();
    if (status != protocol::ReadStatus::data && status != protocol::ReadStatus::woken) {
      co_return std::unexpected(session.reply_to_end_of_input(status));
    }
  }
}

// One step of the exchange (RFC 3501 6.2.2): sends the challenge and reads the response, unless the
// client gave it along with the command.
Awaitable<std::expected<std::string, Reply>> exchange(Session& session, std::string_view challenge,
                                                      std::optional<std::string> initial) {
  if (!initial) {
    session.out().raw("+ ").raw(sasl::encode_base64(challenge)).crlf();
    auto line = co_await read_continuation_line(session);
    if (!line) co_return line;
    if (*line == "*") co_return std::unexpected(Reply::bad("Authentication cancelled"));
    initial = std::move(*line);
  } else if (*initial == "=") {  // RFC 4959 3: the empty response
    initial->clear();
  }
  const sasl::CleanseAtExit cleanse(*initial);
  auto response = sasl::decode_base64(*initial);
  if (!response) co_return std::unexpected(Reply::bad("Response is not base64"));
  co_return std::move(*response);
}

Awaitable<Reply> authenticate_plain(Session& session, std::optional<std::string> initial) {
  auto response = co_await exchange(session, "", std::move(initial));
  if (!response) co_return std::move(response.error());
  const sasl::CleanseAtExit cleanse(*response);
  auto message = sasl::parse_plain(*response);
  if (!message) co_return Reply::no("AUTHENTICATIONFAILED", std::string(kRefused));
  co_return co_await log_in(session, "PLAIN", std::move(message->name),
                            std::move(message->password), std::move(message->authorization));
}

// The LOGIN mechanism: two prompts, as draft-murchison-sasl-login shows them.
Awaitable<Reply> authenticate_login(Session& session, std::optional<std::string> initial) {
  auto name = co_await exchange(session, "Username:", std::move(initial));
  if (!name) co_return std::move(name.error());
  auto password = co_await exchange(session, "Password:", std::nullopt);
  if (!password) co_return std::move(password.error());
  co_return co_await log_in(session, "LOGIN", std::move(*name), std::move(*password), "");
}

}  // namespace

Parsed<StartTlsCommand> parse_starttls(Decoder& decoder) {
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return StartTlsCommand{};
}

// RFC 3501 9: login = "LOGIN" SP userid SP password; both are astring.
Parsed<LoginCommand> parse_login(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto name = decoder.astring();
  if (!name) return std::unexpected(name.error());
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto password = decoder.astring();
  if (!password) return std::unexpected(password.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return LoginCommand{std::move(*name), std::move(*password)};
}

// RFC 4959 7: authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")].
Parsed<AuthenticateCommand> parse_authenticate(Decoder& decoder) {
  AuthenticateCommand command;
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  const auto mechanism = decoder.atom();
  if (!mechanism) return std::unexpected(mechanism.error());
  command.mechanism = *mechanism;
  std::ranges::transform(command.mechanism, command.mechanism.begin(), ascii_upper);
  if (decoder.allows(Capability::sasl_ir) && decoder.accept(' ')) {
    const auto response = decoder.atom();
    if (!response) return std::unexpected(response.error());
    command.initial_response = *response;
  }
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

Awaitable<Reply> handle(Session& session, const StartTlsCommand&) {
  if (session.stream().is_tls()) co_return Reply::bad("TLS is on already");
  if (!session.stream().can_start_tls()) co_return Reply::bad("TLS is not available here");
  Reply reply = Reply::ok("Begin the TLS handshake");
  reply.after = Reply::After::start_tls;
  co_return reply;
}

Awaitable<Reply> handle(Session& session, const LoginCommand& command) {
  if (!session.may_give_password()) co_return needs_tls();
  co_return co_await log_in(session, "LOGIN", command.name, command.password, "");
}

Awaitable<Reply> handle(Session& session, const AuthenticateCommand& command) {
  const bool plain = command.mechanism == "PLAIN" && session.allows(Capability::auth_plain);
  constexpr std::string_view kLogin = "LOGIN";  // the mechanism, not the command
  const bool login = command.mechanism == kLogin && session.allows(Capability::auth_login);
  if (!plain && !login) {
    co_return Reply::no("CANNOT", "No such authentication mechanism");
  }
  if (!session.may_give_password()) co_return needs_tls();
  if (plain) co_return co_await authenticate_plain(session, command.initial_response);
  co_return co_await authenticate_login(session, command.initial_response);
}

}  // namespace mailkeep::imap
