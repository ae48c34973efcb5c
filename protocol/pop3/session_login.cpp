// The AUTHORIZATION state (RFC 1939 4): CAPA, STLS, and the ways to log in.
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "mime/text/charset.h"
#include "protocol/pop3/session.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl/bearer.h"
#include "protocol/sasl_log_in.h"
#include "store/inbox_expiry.h"

namespace mailkeep::pop3 {

using protocol::LoginError;
using std::chrono::steady_clock;

// RFC 2449 5. What is offered before log-in is listed after it, too.
Awaitable<Session::Next> Session::handle(const CapaCommand&) {
  encoder_.ok("Capability list follows");
  encoder_.line("TOP");
  encoder_.line("UIDL");
  encoder_.line("RESP-CODES");
  encoder_.line("AUTH-RESP-CODE");
  encoder_.line("PIPELINING");
  if (may_give_password()) encoder_.line("USER");
  std::string mechanisms;
  const auto offered =
      protocol::offered_mechanisms(*stream_, services_.authenticator, may_give_password());
  for (const sasl::Mechanism* mechanism : offered) {
    mechanisms.append(" ").append(mechanism->name);
  }
  if (!mechanisms.empty()) encoder_.line("SASL" + mechanisms);
  encoder_.line("UTF8 USER");
  encoder_.line("LANG");
  encoder_.line("EXPIRE " + expiry());
  if (settings().login_delay.count() > 0) {
    encoder_.line("LOGIN-DELAY " + std::to_string(settings().login_delay.count()));
  }
  if (!account_ && stream_->can_start_tls()) encoder_.line("STLS");
  encoder_.line("IMPLEMENTATION Mailkeep" +
                (settings().version.empty() ? "" : '-' + settings().version));
  encoder_.end_lines();
  co_return Next::go_on;
}

// RFC 2449 6.7: the least that holds for everybody, and after log-in for this account.
std::string Session::expiry() const {
  using std::chrono::days;
  std::optional<days> least;
  if (settings().expire_days) least = days(*settings().expire_days);
  std::optional<std::chrono::seconds> kept = store::kInboxKept;
  if (maildrop_) kept = maildrop_->kept_for();
  const bool differs = kept && (!least || *kept < *least);
  if (differs) least = std::chrono::floor<days>(*kept);
  if (!least) return "NEVER";
  return std::to_string(least->count()) + (differs && !maildrop_ ? " USER" : "");
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
  if (!mime::is_valid_utf8(name) || !mime::is_valid_utf8(command.password)) {  // RFC 6856 2.2
    encoder_.error(ResponseCode::auth, "Names and passwords are UTF-8");
    co_return count_bad();
  }
  protocol::LoginResult result = co_await services_.authenticator.check_password(
      std::move(name), command.password, std::string(), origin("USER"));
  const Next next = co_await finish_log_in(std::move(result));
  co_return next;
}

// RFC 1939 7
Awaitable<Session::Next> Session::handle(const ApopCommand& command) {
  user_.clear();
  if (timestamp_.empty()) {
    encoder_.error(ResponseCode::none, "APOP is not available");
    co_return count_bad();
  }
  protocol::LoginResult result = co_await services_.authenticator.check_digest(
      command.name, timestamp_, command.digest, origin("APOP"));
  const Next next = co_await finish_log_in(std::move(result));
  co_return next;
}

// RFC 6856 2.1
Awaitable<Session::Next> Session::handle(const Utf8Command&) {
  utf8_ = true;
  encoder_.ok("UTF-8 it is");
  co_return Next::go_on;
}

// RFC 6856 3.1: there is one language.
Awaitable<Session::Next> Session::handle(const LangCommand& command) {
  if (command.language.empty()) {
    encoder_.ok("Language listing follows:");
    encoder_.line("en English");
    encoder_.end_lines();
  } else if (command.language == "en" || command.language == "*") {
    encoder_.ok("en This is English");
  } else {
    encoder_.error(ResponseCode::none, "No such language");
  }
  co_return Next::go_on;
}

// RFC 5034 4; without an argument the older list of mechanisms (RFC 1734), which some clients want.
Awaitable<Session::Next> Session::handle(const AuthCommand& command) {
  user_.clear();
  const bool privacy = may_give_password();
  if (command.mechanism.empty()) {
    encoder_.ok("Mechanisms follow");
    const auto offered = protocol::offered_mechanisms(*stream_, services_.authenticator, privacy);
    for (const sasl::Mechanism* mechanism : offered) {
      encoder_.line(mechanism->name);
    }
    encoder_.end_lines();
    co_return Next::go_on;
  }
  const sasl::Mechanism* const mechanism = sasl::find_mechanism(command.mechanism);
  if (mechanism == nullptr || !services_.authenticator.offers(mechanism->name)) {
    encoder_.error(ResponseCode::none, "Unknown mechanism");
    co_return Next::go_on;
  }
  if (!protocol::is_offered(*mechanism, *stream_, services_.authenticator, privacy)) {
    if (mechanism->needs != sasl::Mechanism::Needs::certificate) co_return refuse_password();
    encoder_.error(ResponseCode::none, "This needs a client certificate");
    co_return Next::go_on;
  }
  const Next next = co_await authenticate(*mechanism, command.initial_response);
  co_return next;
}

Awaitable<Session::Next> Session::authenticate(const sasl::Mechanism& mechanism,
                                               std::optional<std::string> initial) {
  using Kind = protocol::SaslLogIn::Step::Kind;
  if (initial) {
    initial = decode_response(*initial == "=" ? "" : *initial);
    if (!initial) co_return count_bad();
  }
  protocol::SaslLogIn exchange(mechanism, protocol::exchange_context(*stream_),
                               services_.authenticator, origin(mechanism.name));
  auto step = co_await exchange.begin(std::move(initial));
  while (step.kind == Kind::challenge) {
    auto response = co_await ask(std::move(step.text));
    if (!response) co_return ended_ ? Next::end : count_bad();
    step = co_await exchange.respond(std::move(*response));
  }
  if (step.kind == Kind::mistaken) {
    encoder_.error(ResponseCode::none, step.text);
    co_return count_bad();
  }
  if (step.kind == Kind::refused) co_return refuse_log_in(step.error);
  const Next next = co_await finish_log_in(std::move(step.account));
  co_return next;
}

Awaitable<std::optional<std::string>> Session::ask(std::string challenge) {
  encoder_.challenge(sasl::encode_base64(challenge));
  const auto line = co_await next_line(sasl::kMaxBearerBase64Bytes);
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

protocol::LoginOrigin Session::origin(std::string_view mechanism) const {
  return {.protocol = "pop3",
          .mechanism = mechanism,
          .peer = stream_->peer(),
          .tls = stream_->is_tls()};
}

bool Session::enter_maildrop(std::string_view account) {
  if (services_.gate == nullptr) return true;
  switch (services_.gate->enter(account, settings().exclusive, settings().login_delay,
                                steady_clock::now())) {
    case MaildropGate::Verdict::open:
      entered_ = account;
      return true;
    case MaildropGate::Verdict::in_use:  // RFC 2449 8.1.2
      encoder_.error(ResponseCode::in_use, "Another session is in this maildrop");
      break;
    case MaildropGate::Verdict::too_soon:  // RFC 2449 8.1.1
      encoder_.error(ResponseCode::login_delay, "The last log-in was just now, try again later");
      break;
  }
  return false;
}

Awaitable<Session::Next> Session::finish_log_in(protocol::LoginResult account) {
  if (!account) co_return refuse_log_in(account.error());
  const bool entered = enter_maildrop((*account)->name());
  if (!entered) co_return Next::go_on;
  Maildrop::Options options{.unique_id = settings().unique_id,
                            .hides_deleted = settings().deletes_by_flag};
  if (settings().expire_days.value_or(0) > 0) {
    const auto now = std::chrono::system_clock::now() - std::chrono::days(*settings().expire_days);
    options.expires_before = std::chrono::system_clock::to_time_t(now);
  }
  closing_watch_ = (*account)->watch_closing(stream_->waker());
  maildrop_ = co_await services_.pool.run([&] { return Maildrop::load(**account, options); });
  account_ = std::move(*account);
  if (end_if_closed()) co_return Next::end;
  encoder_.ok("Maildrop has " + std::to_string(maildrop_->remaining()) + " messages (" +
              std::to_string(maildrop_->remaining_bytes()) + " octets)");
  co_return Next::go_on;
}

Session::Next Session::refuse_log_in(LoginError error) {
  switch (error) {
    case LoginError::refused:
      encoder_.error(ResponseCode::auth, "Wrong name or password");
      return count_bad();
    case LoginError::account_damaged:
      encoder_.error(ResponseCode::sys_perm, "The mail cannot be opened, tell the administrator");
      break;
    case LoginError::account_suspended:
      encoder_.error(ResponseCode::sys_perm, "The account is suspended");
      break;
    case LoginError::blocked:
      encoder_.error(ResponseCode::sys_temp, "Too many failed log-ins, try again later");
      return count_bad();
    case LoginError::unavailable:
      encoder_.error(ResponseCode::sys_temp, "Cannot log in now, try again later");
      break;
  }
  return Next::go_on;
}

}  // namespace mailkeep::pop3
