#include "protocol/sasl_log_in.h"

#include <utility>

namespace mailkeep::protocol {
namespace {

using sasl::Action;
using Step = SaslLogIn::Step;

Step step_of(LoginResult result) {
  Step step;
  step.kind = result ? Step::Kind::logged_in : Step::Kind::refused;
  if (result) {
    step.account = std::move(*result);
  } else {
    step.error = result.error();
  }
  return step;
}

Step challenge(std::string text) {
  Step step;
  step.kind = Step::Kind::challenge;
  step.text = std::move(text);
  return step;
}

Step mistake(std::string text) {
  Step step;
  step.text = std::move(text);
  return step;
}

}  // namespace

SaslLogIn::SaslLogIn(const sasl::Mechanism& mechanism, const sasl::ExchangeContext& context,
                     Authenticator& authenticator, const LoginOrigin& origin)
    : authenticator_(&authenticator), origin_(origin) {
  // A client that says it could have bound the channel is right to think that we cannot, where the
  // -PLUS form is turned off.
  const bool plus = mechanism.needs == sasl::Mechanism::Needs::binding;
  sasl::ExchangeContext usable = context;
  if (!plus && !authenticator.offers(std::string(mechanism.name) + "-PLUS")) {
    usable.channel_binding = nullptr;
  }
  exchange_ = mechanism.make(mechanism, usable);
}

Awaitable<Step> SaslLogIn::begin(std::optional<std::string> initial) {
  Action action = initial ? exchange_->step(std::move(*initial)) : exchange_->begin();
  Step step = co_await perform(std::move(action));
  co_return step;
}

Awaitable<Step> SaslLogIn::respond(std::string response) {
  if (after_response_) {
    Step last = std::move(*after_response_);
    after_response_.reset();
    // RFC 7628 3.2.3: the answer to a refusal is %x01, or whatever; only the server's own proof
    // must be answered with nothing (RFC 4422 3).
    if (last.kind == Step::Kind::logged_in && !response.empty()) {
      co_return mistake("Nothing was to be answered");
    }
    co_return last;
  }
  Action action = exchange_->step(std::move(response));
  Step step = co_await perform(std::move(action));
  co_return step;
}

Awaitable<Step> SaslLogIn::perform(Action action) {
  for (;;) {
    switch (action.kind) {
      case Action::Kind::challenge:
        co_return challenge(std::move(action.text));
      case Action::Kind::failed:
        co_return mistake(std::move(action.text));
      case Action::Kind::find_keys: {
        std::string name = action.name;
        auto keys = co_await authenticator_->find_keys(std::move(name), action.hash, origin_);
        if (!keys) co_return step_of(std::unexpected(keys.error()));
        action = exchange_->use_keys(*keys);
        break;
      }
      case Action::Kind::check_password: {
        LoginResult result = co_await authenticator_->check_password(
            std::move(action.name), std::move(action.secret), std::move(action.authorization),
            origin_);
        co_return step_of(std::move(result));
      }
      default: {
        Step step = co_await conclude(std::move(action));
        co_return step;
      }
    }
  }
}

// The server's own proof goes to the client as a challenge with an empty response, as IMAP and POP3
// have no place for it in a positive reply (RFC 4422 5 2b); so does the reason of a refused token.
Awaitable<Step> SaslLogIn::conclude(Action action) {
  std::string text = action.kind == Action::Kind::proof ? action.text : std::string();
  LoginResult result = co_await authenticator_->conclude(std::move(action), origin_);
  Step step = step_of(std::move(result));
  if (step.kind == Step::Kind::refused) text = exchange_->refusal();
  if (text.empty()) co_return step;
  after_response_ = std::move(step);
  co_return challenge(std::move(text));
}

sasl::ExchangeContext exchange_context(const Stream& stream) {
  return {
      .channel_binding = [&stream](std::string_view type) { return stream.channel_binding(type); },
      .certificate = stream.certificate_names()};
}

bool is_offered(const sasl::Mechanism& mechanism, const Stream& stream,
                const Authenticator& authenticator, bool privacy) {
  return authenticator.offers(mechanism.name) &&
         sasl::fits(mechanism, privacy, exchange_context(stream));
}

std::vector<const sasl::Mechanism*> offered_mechanisms(const Stream& stream,
                                                       const Authenticator& authenticator,
                                                       bool privacy) {
  std::vector<const sasl::Mechanism*> offered;
  const sasl::ExchangeContext context = exchange_context(stream);
  for (const sasl::Mechanism& mechanism : sasl::mechanisms()) {
    if (authenticator.offers(mechanism.name) && sasl::fits(mechanism, privacy, context)) {
      offered.push_back(&mechanism);
    }
  }
  return offered;
}

}  // namespace mailkeep::protocol
