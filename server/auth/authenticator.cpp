#include "server/auth/authenticator.h"

#include <algorithm>
#include <exception>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "protocol/sasl/plain.h"
#include "protocol/sasl/scram.h"
#include "protocol/sasl/secret.h"
#include "server/auth/account_name.h"

namespace mailkeep::server {

using protocol::LoginError;

namespace {

constexpr std::chrono::milliseconds kSlotPoll{5};

// False: the session was cancelled meanwhile.
protocol::Awaitable<bool> wait(std::chrono::milliseconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  const auto [error] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return !error;
}

LoginError login_error(store::StoreError error) {
  switch (error) {
    case store::StoreError::account_damaged:
      return LoginError::account_damaged;
    case store::StoreError::account_suspended:
      return LoginError::account_suspended;
    case store::StoreError::no_such_account:  // removed since its password was read
      return LoginError::refused;
    default:
      return LoginError::unavailable;
  }
}

}  // namespace

// One log-in on its way through the checks.
struct PasswordAuthenticator::Attempt {
  std::optional<std::string> name;  // nothing: not even a possible name
  std::string_view password;
  bool authorized = false;  // may act as the name it asked for
  bool known = false;
  store::PasswordRecord record;
  PasswordCache::Key cache_key{};
  bool verified = false;
  std::expected<std::shared_ptr<store::Account>, LoginError> outcome{std::unexpect,
                                                                     LoginError::refused};
  std::string detail;
};

PasswordAuthenticator::PasswordAuthenticator(std::shared_ptr<store::Store> store,
                                             protocol::BlockingPool& pool, LoginLog log,
                                             const AuthenticatorOptions& options)
    : store_(std::move(store)),
      pool_(pool),
      log_(std::move(log)),
      options_(options),
      nobody_(sasl::make_record("nobody")),
      hash_slots_(std::max(2U, std::thread::hardware_concurrency())),
      cache_(options.cached_passwords, options.cache_lifetime),
      failure_delay_(options.failure_delay) {}

protocol::Awaitable<std::expected<std::shared_ptr<store::Account>, LoginError>>
PasswordAuthenticator::check_password(std::string name, std::string password,
                                      std::string authorization, protocol::LoginOrigin origin) {
  const sasl::CleanseAtExit wipe(password);
  Attempt attempt;
  attempt.name = account_name(name);
  attempt.password = password;
  attempt.authorized = authorization.empty() || account_name(authorization) == attempt.name;
  try {
    co_await decide(attempt);
  } catch (const std::exception& failure) {
    attempt.outcome = std::unexpected(LoginError::unavailable);
    attempt.detail = failure.what();
  }
  if (log_) {
    log_(
        LoginEvent{.name = name,
                   .origin = origin,
                   .error = attempt.outcome ? std::nullopt : std::optional(attempt.outcome.error()),
                   .detail = attempt.detail});
  }
  if (attempt.outcome) {
    failure_delay_.succeeded(origin.peer);
  } else if (attempt.outcome.error() == LoginError::refused) {
    const auto delay = failure_delay_.failed(origin.peer, FailureDelay::Clock::now());
    if (delay.count() > 0) co_await wait(delay);
  }
  co_return std::move(attempt.outcome);
}

// An unknown name and a wrong password take the same steps: a look-up, a hash, a refusal.
protocol::Awaitable<void> PasswordAuthenticator::decide(Attempt& attempt) {
  if (attempt.password.empty() || attempt.password.size() > sasl::kMaxPasswordBytes) {
    attempt.detail = "impossible password";
    co_return;
  }
  co_await pool_.run([&] { look_up(attempt); });
  if (attempt.verified) co_return;
  const HashSlot slot = co_await take_hash_slot();
  if (!slot) {
    attempt.outcome = std::unexpected(LoginError::unavailable);
    attempt.detail = "too many log-ins at once";
    co_return;
  }
  co_await pool_.run([&] { hash(attempt); });
}

void PasswordAuthenticator::look_up(Attempt& attempt) {
  auto record = attempt.name ? store_->password_of(*attempt.name)
                             : std::unexpected(store::StoreError::no_such_account);
  attempt.known = record.has_value();
  attempt.record = nobody_;
  if (record) attempt.record = std::move(*record);
  attempt.cache_key =
      cache_.key(attempt.name.value_or(std::string()), attempt.password, attempt.record);
  const bool cached = cache_.contains(attempt.cache_key, PasswordCache::Clock::now());
  if (!attempt.known || !attempt.authorized || !cached) return;
  attempt.verified = true;
  open(attempt);
}

// Waiting takes no thread: the coroutine asks again every few milliseconds.
protocol::Awaitable<PasswordAuthenticator::HashSlot> PasswordAuthenticator::take_hash_slot() {
  const auto deadline = std::chrono::steady_clock::now() + options_.hash_wait;
  for (;;) {
    unsigned running = hashing_.load();
    while (running < hash_slots_) {
      if (hashing_.compare_exchange_weak(running, running + 1)) co_return HashSlot(&hashing_);
    }
    if (std::chrono::steady_clock::now() >= deadline) co_return nullptr;
    const bool waited = co_await wait(kSlotPoll);
    if (!waited) co_return nullptr;
  }
}

void PasswordAuthenticator::hash(Attempt& attempt) {
  const bool right = sasl::verify_password(attempt.record, attempt.password);
  if (!attempt.known) {
    attempt.detail = "no such account";
  } else if (!right) {
    attempt.detail = "wrong password";
  } else if (!attempt.authorized) {
    attempt.detail = "may not act as another account";
  } else {
    attempt.verified = true;
    cache_.add(attempt.cache_key, PasswordCache::Clock::now());
    open(attempt);
  }
}

void PasswordAuthenticator::open(Attempt& attempt) {
  auto account = store_->open_account(*attempt.name);
  if (account) {
    attempt.outcome = std::move(*account);
    return;
  }
  attempt.outcome = std::unexpected(login_error(account.error()));
  attempt.detail = store::describe(account.error());
}

}  // namespace mailkeep::server
