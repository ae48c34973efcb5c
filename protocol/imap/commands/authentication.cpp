#include "protocol/imap/commands/authentication.h"

#include <algorithm>
#include <expected>
#include <utility>

#include "protocol/imap/capability.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl/mechanisms.h"
#include "protocol/sasl/secret.h"
#include "protocol/sasl_log_in.h"

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
    case LoginError::blocked:
      return Reply::no("LIMIT", "Too many failed log-ins, try again later");
    case LoginError::unavailable:
      break;
  }
  return Reply::no("UNAVAILABLE", "Log-in is not possible now, try again later");
}

Reply needs_tls() {
  return Reply::no("PRIVACYREQUIRED", "Log-in needs TLS");
}

Awaitable<Reply> welcome(Session& session, std::shared_ptr<store::Account> account) {
  CapabilitySet disabled;
  if (store::Store* store = session.services().store) {
    const auto list = co_await session.blocking(
        [&] { return store->setting(account->name(), kDisabledCapabilities); });
    if (list) disabled = capabilities_of(*list);
  }
  session.logged_in(std::move(account), disabled);
  co_return Reply::ok("CAPABILITY " + capabilities(session), "Logged in");
}

Awaitable<Reply> log_in(Session& session, std::string name, std::string password) {
  const protocol::LoginOrigin origin{.protocol = "imap",
                                     .mechanism = "LOGIN",
                                     .peer = session.stream().peer(),
                                     .tls = session.stream().is_tls()};
  auto account = co_await session.services().authenticator.check_password(
      std::move(name), std::move(password), std::string(), origin);
  if (!account) co_return login_refused(account.error());
  Reply reply = co_await welcome(session, std::move(*account));
  co_return reply;
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

// A capability that is turned off takes its mechanism along.
bool is_turned_off(const Session& session, const sasl::Mechanism& mechanism) {
  return std::ranges::any_of(capability_table(), [&](const CapabilityEntry& entry) {
    return entry.name.starts_with("AUTH=") && entry.name.substr(5) == mechanism.name &&
           !session.allows(entry.capability);
  });
}

std::expected<std::string, Reply> decode(std::string text) {
  const sasl::CleanseAtExit cleanse(text);
  auto response = sasl::decode_base64(text);
  if (!response) return std::unexpected(Reply::bad("Response is not base64"));
  return std::move(*response);
}

// Sends a challenge and reads the response (RFC 3501 6.2.2).
Awaitable<std::expected<std::string, Reply>> ask(Session& session, std::string challenge) {
  session.out().raw("+ ").raw(sasl::encode_base64(challenge)).crlf();
  auto line = co_await read_continuation_line(session);
  if (!line) co_return line;
  if (*line == "*") co_return std::unexpected(Reply::bad("Authentication cancelled"));
  co_return decode(std::move(*line));
}

Awaitable<Reply> authenticate(Session& session, const sasl::Mechanism& mechanism,
                              std::optional<std::string> initial) {
  using Kind = protocol::SaslLogIn::Step::Kind;
  const protocol::LoginOrigin origin{.protocol = "imap",
                                     .mechanism = mechanism.name,
                                     .peer = session.stream().peer(),
                                     .tls = session.stream().is_tls()};
  protocol::SaslLogIn exchange(mechanism, protocol::exchange_context(session.stream()),
                               session.services().authenticator, origin);
  auto step = co_await exchange.begin(std::move(initial));
  while (step.kind == Kind::challenge) {
    auto response = co_await ask(session, std::move(step.text));
    if (!response) co_return std::move(response.error());
    step = co_await exchange.respond(std::move(*response));
  }
  if (step.kind == Kind::refused) co_return login_refused(step.error);
  if (step.kind == Kind::mistaken) {
    co_return Reply::no("AUTHENTICATIONFAILED", std::string(kRefused));
  }
  Reply reply = co_await welcome(session, std::move(step.account));
  co_return reply;
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
  Reply reply = co_await log_in(session, command.name, command.password);
  co_return reply;
}

Awaitable<Reply> handle(Session& session, const AuthenticateCommand& command) {
  const sasl::Mechanism* const mechanism = sasl::find_mechanism(command.mechanism);
  protocol::Authenticator& authenticator = session.services().authenticator;
  if (mechanism == nullptr || is_turned_off(session, *mechanism) ||
      !authenticator.offers(mechanism->name)) {
    co_return Reply::no("CANNOT", "No such authentication mechanism");
  }
  if (!protocol::is_offered(*mechanism, session.stream(), authenticator,
                            session.may_give_password())) {
    if (mechanism->needs == sasl::Mechanism::Needs::certificate) {
      co_return Reply::no("CANNOT", "This needs a client certificate");
    }
    co_return needs_tls();
  }
  std::optional<std::string> initial = command.initial_response;
  if (initial) {
    auto decoded = decode(*initial == "=" ? std::string() : *initial);  // RFC 4959 3
    if (!decoded) co_return std::move(decoded.error());
    initial = std::move(*decoded);
  }
  Reply reply = co_await authenticate(session, *mechanism, std::move(initial));
  co_return reply;
}

}  // namespace mailkeep::imap
