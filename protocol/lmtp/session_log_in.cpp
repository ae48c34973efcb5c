// AUTH (RFC 4954), where the configuration names accounts that may deliver.
#include <algorithm>
#include <utility>

#include "protocol/lmtp/session.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl_log_in.h"

namespace mailkeep::lmtp {

using protocol::LoginError;

namespace {

constexpr std::string_view kNotBase64 = "Not base64";

}  // namespace

bool Session::needs_log_in() const {
  return !settings().log_in_accounts.empty() && !logged_in_;
}

bool Session::may_show_password() const {
  return stream_->is_tls() || stream_->peer_is_loopback();
}

std::string Session::mechanisms() const {
  if (!needs_log_in() || services_.authenticator == nullptr) return {};
  std::string names;
  const auto offered =
      protocol::offered_mechanisms(*stream_, *services_.authenticator, may_show_password());
  for (const sasl::Mechanism* mechanism : offered) names.append(" ").append(mechanism->name);
  return names;
}

Awaitable<Session::Next> Session::handle(const AuthCommand& command) {
  if (client_.empty()) co_return refuse(503, "5.5.1", "LHLO comes first");
  if (transaction_ || !needs_log_in()) co_return refuse(503, "5.5.1", "Not now");
  const sasl::Mechanism* const mechanism = sasl::find_mechanism(command.mechanism);
  if (mechanism == nullptr || services_.authenticator == nullptr ||
      !services_.authenticator->offers(mechanism->name)) {
    co_return refuse(504, "5.5.4", "Unknown mechanism");
  }
  if (!protocol::is_offered(*mechanism, *stream_, *services_.authenticator, may_show_password())) {
    co_return refuse(538, "5.7.11", "This needs TLS");
  }
  std::optional<std::string> initial;
  if (command.initial_response) {
    const std::string& text = *command.initial_response;
    initial = sasl::decode_base64(text == "=" ? "" : text);
    if (!initial) co_return refuse(501, "5.5.2", kNotBase64);
  }
  const Next next = co_await authenticate(*mechanism, std::move(initial));
  co_return next;
}

Awaitable<Session::Next> Session::authenticate(const sasl::Mechanism& mechanism,
                                               std::optional<std::string> initial) {
  using Kind = protocol::SaslLogIn::Step::Kind;
  const protocol::LoginOrigin origin{.protocol = "lmtp",
                                     .mechanism = mechanism.name,
                                     .peer = stream_->peer(),
                                     .tls = stream_->is_tls()};
  protocol::SaslLogIn exchange(mechanism, protocol::exchange_context(*stream_),
                               *services_.authenticator, origin);
  auto step = co_await exchange.begin(std::move(initial));
  while (step.kind == Kind::challenge) {
    write_reply(output_, {334, "", sasl::encode_base64(step.text)});
    auto response = co_await ask();
    if (!response) co_return ended_ ? Next::end : count_bad();
    step = co_await exchange.respond(std::move(*response));
  }
  if (step.kind == Kind::mistaken) co_return refuse(535, "5.7.8", step.text);
  if (step.kind == Kind::refused) co_return refuse_log_in(step.error);
  if (std::ranges::find(settings().log_in_accounts, step.account->name()) ==
      settings().log_in_accounts.end()) {
    co_return refuse(535, "5.7.8", "This account may not deliver");
  }
  logged_in_ = true;
  reply(235, "2.7.0", "Logged in");
  co_return Next::go_on;
}

// A line of the client, decoded. Nothing: it gave up or is gone, and was answered.
Awaitable<std::optional<std::string>> Session::ask() {
  for (;;) {
    const LineEvent event = reader_.next();
    if (std::holds_alternative<NeedMore>(event)) {
      const bool more = co_await read_input();
      if (!more) co_return std::nullopt;
      continue;
    }
    const Line* const line = std::get_if<Line>(&event);
    if (line == nullptr) {
      reply(500, "5.5.6", "Not a line of an exchange");
      end("bad line in an exchange");
      co_return std::nullopt;
    }
    auto response = line->text == "*" ? std::nullopt : sasl::decode_base64(line->text);
    if (!response) {
      reply(501, line->text == "*" ? "5.7.0" : "5.5.2",
            line->text == "*" ? "Cancelled" : kNotBase64);
    }
    co_return response;
  }
}

Session::Next Session::refuse_log_in(LoginError error) {
  if (error == LoginError::refused) return refuse(535, "5.7.8", "Wrong name or password");
  if (error == LoginError::account_suspended) return refuse(535, "5.7.13", "Account suspended");
  return refuse(454, "4.7.0", "Cannot log in now, try again later");
}

}  // namespace mailkeep::lmtp
