// The AUTHORIZATION state (RFC 1939 4): CAPA, STLS, and the ways to log in.
#include <utility>

#include "protocol/pop3/session.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl/plain.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::pop3 {

using protocol::LoginError;

// RFC 2449 5. What is offered before log-in is listed after it, too.
Awaitable<Session::Next> Session::handle(const CapaCommand&) {
  encoder_.ok("Capability list follows");
  encoder_.line("TOP");
  encoder_.line("UIDL");
  encoder_.line("RESP-CODES");
  encoder_.line("AUTH-RESP-CODE");
  encoder_.line("PIPELINING");
  if (may_give_password()) {
    encoder_.line("USER");
    encoder_.line("SASL PLAIN LOGIN");
  }
  if (!account_ && stream_->can_start_tls()) encoder_.line("STLS");
  encoder_.line("IMPLEMENTATION Mailkeep" +
                (settings().version.empty() ? "" : '-' + settings().version));
  encoder_.end_lines();
  co_return Next::go_on;
}

// RFC 2595 4
Awaitable<Session::Next> Session::handle(const StlsCommand&) {
  if (!stream_->can_start_tls()) {
    encoder_.error(ResponseCode::none,
                   stream_->is_tls() ? "TLS is on already" : "TLS is not available");
    co_return Next::go_on;
  }
  encoder_.ok("Begin TLS negotiation now");
  const bool told = co_await flush();
  if (!told) co_return Next::end;
  // What came before the handshake may be somebody else's words.
  reader_.reset();
  user_.clear();
  const bool secured = co_await stream_->start_tls();
  if (!secured) co_return end("tls handshake failed");
  co_return Next::go_on;
}

bool Session::may_give_password() const {
  if (stream_->is_tls()) return true;
  switch (settings().plaintext_without_tls) {
    case Settings::Plaintext::never:
      return false;
    case Settings::Plaintext::loopback:
      return stream_->peer_is_loopback();
    case Settings::Plaintext::always:
      return true;
  }
  return false;
}

Session::Next Session::refuse_password() {
  encoder_.error(ResponseCode::none, "Passwords are accepted with TLS only: use STLS first");
  return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const UserCommand& command) {
  if (!may_give_password()) co_return refuse_password();
  user_ = command.name;
  encoder_.ok("Password, please");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const PassCommand& command) {
  if (!may_give_password()) co_return refuse_password();
  if (user_.empty()) {
    encoder_.error(ResponseCode::none, "USER comes first");
    co_return Next::go_on;
  }
  std::string name = std::exchange(user_, {});
  co_return co_await log_in(std::move(name), command.password, {}, "USER");
}

// RFC 5034 4; without an argument the older list of mechanisms (RFC 1734), which some clients want.
Awaitable<Session::Next> Session::handle(const AuthCommand& command) {
  if (!may_give_password()) co_return refuse_password();
  user_.clear();
  if (command.mechanism.empty()) {
    encoder_.ok("Mechanisms follow");
    encoder_.line("PLAIN");
    encoder_.line("LOGIN");
    encoder_.end_lines();
    co_return Next::go_on;
  }
  if (command.mechanism == "PLAIN") co_return co_await auth_plain(command.initial_response);
  if (command.mechanism == "LOGIN") co_return co_await auth_login(command.initial_response);
  encoder_.error(ResponseCode::none, "Unknown mechanism");
  co_return Next::go_on;
}

Awaitable<std::optional<std::string>> Session::ask(std::string_view challenge) {
  encoder_.challenge(sasl::encode_base64(challenge));
  const auto line = co_await next_line(sasl::kMaxPlainBase64Bytes);
  if (!line) co_return std::nullopt;
  if (*line == "*") {
    encoder_.error(ResponseCode::none, "Authentication cancelled");
    co_return std::nullopt;
  }
  co_return decode_response(*line);
}

std::optional<std::string> Session::decode_response(std::string_view base64) {
  auto octets = sasl::decode_base64(base64);
  if (!octets) encoder_.error(ResponseCode::none, "Not base64");
  return octets;
}

Awaitable<Session::Next> Session::auth_plain(std::optional<std::string> initial_response) {
  std::optional<std::string> response;
  if (!initial_response) {
    response = co_await ask("");
  } else {
    response = decode_response(*initial_response == "=" ? "" : *initial_response);
  }
  if (!response) co_return ended_ ? Next::end : count_bad();
  const sasl::CleanseAtExit wipe(*response);
  auto message = sasl::parse_plain(*response);
  if (!message) {
    encoder_.error(ResponseCode::none, "Not a PLAIN message");
    co_return count_bad();
  }
  co_return co_await log_in(std::move(message->name), std::move(message->password),
                            std::move(message->authorization), "PLAIN");
}

// Never standardised, yet what several clients try first: the name, then the password.
Awaitable<Session::Next> Session::auth_login(std::optional<std::string> initial_response) {
  std::optional<std::string> name;
  if (!initial_response) {
    name = co_await ask("Username:");
  } else {
    name = decode_response(*initial_response == "=" ? "" : *initial_response);
  }
  if (!name) co_return ended_ ? Next::end : count_bad();
  auto password = co_await ask("Password:");
  if (!password) co_return ended_ ? Next::end : count_bad();
  co_return co_await log_in(std::move(*name), std::move(*password), {}, "LOGIN");
}

Awaitable<Session::Next> Session::log_in(std::string name, std::string password,
                                         std::string authorization, std::string_view mechanism) {
  const protocol::LoginOrigin origin{.protocol = "pop3",
                                     .mechanism = mechanism,
                                     .peer = stream_->peer(),
                                     .tls = stream_->is_tls()};
  auto account = co_await services_.authenticator.check_password(
      std::move(name), std::move(password), std::move(authorization), origin);
  if (account) {
    maildrop_ = co_await services_.pool.run([&] { return Maildrop::load(**account); });
    account_ = std::move(*account);
    encoder_.ok("Maildrop has " + std::to_string(maildrop_->remaining()) + " messages (" +
                std::to_string(maildrop_->remaining_bytes()) + " octets)");
    co_return Next::go_on;
  }
  switch (account.error()) {
    case LoginError::refused:
      encoder_.error(ResponseCode::auth, "Wrong name or password");
      co_return count_bad();
    case LoginError::account_damaged:
      encoder_.error(ResponseCode::sys_perm, "The mail cannot be opened, tell the administrator");
      break;
    case LoginError::account_suspended:
      encoder_.error(ResponseCode::sys_perm, "The account is suspended");
      break;
    case LoginError::unavailable:
      encoder_.error(ResponseCode::sys_temp, "Cannot log in now, try again later");
      break;
  }
  co_return Next::go_on;
}

}  // namespace mailkeep::pop3
