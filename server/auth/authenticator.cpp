#include "server/auth/authenticator.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "protocol/sasl/plain.h"
#include "protocol/sasl/scram.h"
#include "protocol/sasl/secret.h"
#include "server/auth/account_name.h"
#include "server/auth/attempt.h"
#include "server/clock.h"

namespace mailkeep::server {

using protocol::LoginError;
using protocol::LoginResult;

namespace {

constexpr char kMasterSign = '*';

protocol::Awaitable<void> wait(std::chrono::milliseconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
}

}  // namespace

AccountAuthenticator::AccountAuthenticator(AuthenticatorParts parts, AuthenticatorOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      keys_(parts_.store, parts_.credentials),
      hash_slots_(std::max(2U, std::thread::hardware_concurrency())),
      cache_(options_.cached_passwords, options_.cache_lifetime),
      failure_delay_(options_.failure_delay) {
  refresh();
}

bool AccountAuthenticator::offers(std::string_view mechanism) const {
  if (options_.disabled_mechanisms.contains(mechanism)) return false;
  if (mechanism.starts_with("SCRAM-")) {
    // Who is known to another source has no keys here.
    const bool others = std::ranges::any_of(
        parts_.sources, [](const LoginSource* source) { return source != nullptr; });
    if (others || parts_.old_server != nullptr) return false;
    if (mechanism.starts_with("SCRAM-SHA-1-") || mechanism == "SCRAM-SHA-1") return all_have_sha1_;
    return !mechanism.starts_with("SCRAM-SHA-512") || all_have_sha512_;
  }
  if (mechanism == "ANONYMOUS") return !options_.anonymous.empty();
  if (mechanism == "EXTERNAL") return options_.external;
  if (mechanism == "OAUTHBEARER" || mechanism == "XOAUTH2") return parts_.tokens != nullptr;
  return mechanism == "PLAIN" || mechanism == "LOGIN";
}

void AccountAuthenticator::refresh() {
  if (parts_.credentials == nullptr) return;
  const auto look = [this](std::atomic<bool>& all_have, store::ScramHash hash) {
    if (!all_have) all_have = !parts_.credentials->any_without(hash);
  };
  look(all_have_sha1_, store::ScramHash::sha1);
  look(all_have_sha512_, store::ScramHash::sha512);
}

// "ann*admin": the master user admin logs in as ann.
AccountAuthenticator::Attempt AccountAuthenticator::begin(
    std::string_view name, std::string_view authorization,
    const protocol::LoginOrigin& origin) const {
  Attempt attempt;
  attempt.origin = origin;
  attempt.typed = name;
  std::string_view login = name;
  const std::size_t sign = name.rfind(kMasterSign);
  if (!options_.masters.empty() && sign != std::string_view::npos) {
    login = name.substr(sign + 1);
    attempt.target = account_name(name.substr(0, sign));
    attempt.acts_for_other = true;
  }
  attempt.login = account_name(login);
  if (!attempt.acts_for_other && !authorization.empty()) {
    attempt.target = account_name(authorization);
    attempt.acts_for_other = attempt.target != attempt.login;
  } else if (!attempt.acts_for_other) {
    attempt.target = attempt.login;
  }
  return attempt;
}

protocol::Awaitable<LoginResult> AccountAuthenticator::check_password(
    std::string name, std::string password, std::string authorization,
    protocol::LoginOrigin origin) {
  const sasl::CleanseAtExit wipe(password);
  Attempt attempt = begin(name, authorization, origin);
  attempt.password = password;
  try {
    co_await decide(attempt);
  } catch (const std::exception& failure) {
    attempt.fail(LoginError::unavailable, failure.what());
  }
  LoginResult result = co_await finish(attempt);
  co_return result;
}

// An unknown name and a wrong password take the same steps: a look-up, a hash, a refusal.
protocol::Awaitable<void> AccountAuthenticator::decide(Attempt& attempt) {
  if (attempt.password.empty() || attempt.password.size() > sasl::kMaxPasswordBytes) {
    attempt.detail = "impossible password";
    co_return;
  }
  co_await parts_.pool.run([&] { look_up(attempt); });
  if (attempt.decided) co_return;
  HashSlots::Slot slot = co_await hash_slots_.take(options_.hash_wait);
  if (!slot) {
    attempt.fail(LoginError::unavailable, "too many log-ins at once");
    co_return;
  }
  co_await parts_.pool.run([&] { hash(attempt); });
  slot.reset();
  if (!attempt.asks_old_server) co_return;
  const std::shared_ptr<void> place = parts_.old_server->take_place(attempt.origin.peer);
  if (!place) {
    attempt.fail(LoginError::unavailable, "too many log-ins wait for the old server");
    co_return;
  }
  co_await parts_.old_server->pool().run([&] { ask_old_server(attempt); });
}

bool AccountAuthenticator::is_blocked(Attempt& attempt) {
  if (parts_.limiter == nullptr) return false;
  if (!parts_.limiter->is_blocked(attempt.origin.peer, attempt.login.value_or(std::string()),
                                  now_in_seconds())) {
    return false;
  }
  attempt.fail(LoginError::blocked, "too many failed log-ins");
  return true;
}

void AccountAuthenticator::look_up(Attempt& attempt) {
  if (is_blocked(attempt)) return;
  attempt.keys = keys_.find(attempt.login, attempt.origin.protocol, now_in_seconds());
  attempt.cache_key = cache_.key(attempt.login.value_or(std::string()), attempt.password,
                                 attempt.keys.fingerprint());
  // Who acts for others is looked at more closely: an app password would not do.
  if (!attempt.keys.known || attempt.acts_for_other) return;
  if (!cache_.contains(attempt.cache_key, PasswordCache::Clock::now())) return;
  open(attempt);
}

void AccountAuthenticator::hash(Attempt& attempt) {
  if (parts_.sources.empty()) try_account(attempt);
  for (LoginSource* source : parts_.sources) {
    const bool done = source == nullptr ? try_account(attempt) : try_source(attempt, *source);
    if (done) break;
  }
  if (attempt.unavailable && !attempt.verified) {
    attempt.decided = true;
    attempt.outcome = std::unexpected(LoginError::unavailable);
    return;
  }
  attempt.asks_old_server = !attempt.verified && is_for_old_server(attempt);
  if (attempt.asks_old_server) return;
  if (!attempt.verified) {
    if (attempt.detail.empty()) {
      attempt.detail = attempt.keys.known ? "wrong password" : "no such account";
    }
    return;
  }
  if (!authorize(attempt)) return;
  const bool is_own = attempt.app_password.empty() && !attempt.acts_for_other;
  if (parts_.old_server != nullptr && is_own && parts_.old_server->is_filling(*attempt.login)) {
    parts_.old_server->welcome_back(*attempt.login, attempt.password);
  }
  open(attempt);
}

// Pays for one hash, whether or not there is such an account.
bool AccountAuthenticator::try_account(Attempt& attempt) {
  const auto matching = keys_.matching(attempt.keys, attempt.password, attempt.typed);
  if (!matching || !attempt.keys.known) return attempt.keys.has_own();
  // Whose mail is still to come is looked at each time, so that it goes on coming.
  const bool filling =
      parts_.old_server != nullptr && parts_.old_server->is_filling(*attempt.login);
  if (!filling) cache_.add(attempt.cache_key, PasswordCache::Clock::now());
  attempt.app_password = *matching;
  if (matching->empty()) add_missing_keys(attempt);
  attempt.verified = true;
  return true;
}

protocol::Awaitable<LoginResult> AccountAuthenticator::finish(Attempt& attempt) {
  if (parts_.log) {
    parts_.log(
        LoginEvent{.name = attempt.typed,
                   .origin = attempt.origin,
                   .error = attempt.outcome ? std::nullopt : std::optional(attempt.outcome.error()),
                   .detail = attempt.detail});
  }
  if (parts_.journal != nullptr && (attempt.target || attempt.login)) {
    parts_.journal->add(attempt.row(now_in_seconds()));
  }
  const bool refused = !attempt.outcome && attempt.outcome.error() == LoginError::refused;
  // Whatever the old server says but that it is right, it was a guess there.
  const bool counts = refused || attempt.was_sent;
  if (parts_.limiter != nullptr && counts) {
    co_await guarded(attempt, [&] { count_failure(attempt); });
  }
  if (attempt.outcome) {
    failure_delay_.succeeded(attempt.origin.peer);
  } else if (counts || attempt.asks_old_server || attempt.outcome.error() == LoginError::blocked) {
    auto delay = failure_delay_.failed(attempt.origin.peer, FailureDelay::Clock::now());
    // Who has moved is refused no sooner than who has not.
    if (!attempt.asks_old_server) delay += old_server_time_.load();
    if (delay.count() > 0) co_await wait(delay);
  }
  co_return std::move(attempt.outcome);
}

template <class Work>
protocol::Awaitable<void> AccountAuthenticator::guarded(Attempt& attempt, Work work) {
  try {
    co_await parts_.pool.run(std::move(work));
  } catch (const std::exception& failure) {
    attempt.fail(LoginError::unavailable, failure.what());
  }
}

void AccountAuthenticator::count_failure(Attempt& attempt) {
  parts_.limiter->failed(attempt.origin.peer, attempt.login.value_or(std::string()),
                         now_in_seconds());
}

protocol::Awaitable<std::expected<sasl::ScramRecord, LoginError>> AccountAuthenticator::find_keys(
    std::string name, store::ScramHash hash, protocol::LoginOrigin origin) {
  Attempt attempt = begin(name, "", origin);
  sasl::ScramRecord record;
  co_await guarded(attempt, [&] {
    const FoundKeys keys = keys_.find(attempt.login, origin.protocol, now_in_seconds());
    record = keys_.scram_record(keys, hash, name);
  });
  if (attempt.decided) co_return std::unexpected(attempt.outcome.error());
  co_return record;
}

protocol::Awaitable<LoginResult> AccountAuthenticator::conclude(sasl::Action action,
                                                                protocol::LoginOrigin origin) {
  const sasl::CleanseAtExit wipe(action.secret);
  Attempt attempt = begin(action.name, action.authorization, origin);
  co_await guarded(attempt, [&] {
    switch (action.kind) {
      case sasl::Action::Kind::proof:
        use_proof(attempt, action);
        break;
      case sasl::Action::Kind::token:
        use_token(attempt, action);
        break;
      case sasl::Action::Kind::certificate:
        use_certificate(attempt, action);
        break;
      case sasl::Action::Kind::anonymous:
        attempt.use_name(options_.anonymous);
        attempt.detail = "trace " + action.text;
        if (!is_blocked(attempt)) open(attempt);
        break;
      default:
        attempt.detail = "not the end of an exchange";
    }
  });
  LoginResult result = co_await finish(attempt);
  co_return result;
}

protocol::Awaitable<LoginResult> AccountAuthenticator::check_digest(std::string name,
                                                                    std::string timestamp,
                                                                    std::string digest,
                                                                    protocol::LoginOrigin origin) {
  Attempt attempt = begin(name, "", origin);
  co_await guarded(attempt, [&] { use_digest(attempt, timestamp, digest); });
  LoginResult result = co_await finish(attempt);
  co_return result;
}

}  // namespace mailkeep::server
