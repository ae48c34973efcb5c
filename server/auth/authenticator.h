// Log-ins by password against the store's records.
//
// One for the whole server, used by all sessions at once. Hashing and the store run in the blocking
// pool; so many hashes run at a time as there are processors, so that a flood of log-ins neither
// takes the pool from everybody else nor grows without bound.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/authenticator.h"
#include "protocol/blocking.h"
#include "server/auth/failure_delay.h"
#include "server/auth/password_cache.h"
#include "store/store.h"

namespace mailkeep::server {

// One log-in and how it ended, for the log. The views live for the call. `name` is what the client
// sent, any octets: the log escapes it.
struct LoginEvent {
  std::string_view name;
  protocol::LoginOrigin origin;
  std::optional<protocol::LoginError> error;  // none: logged in
  std::string_view detail;  // what the machine said, or which check refused; may be empty
};
// Called on the session's thread, or several at once.
using LoginLog = std::function<void(const LoginEvent&)>;

struct AuthenticatorOptions {
  // Of the answer to a first failed log-in; it grows up to four times of that. Zero: none.
  std::chrono::milliseconds failure_delay{500};
  // A changed password is noticed at once whatever these are.
  std::size_t cached_passwords = 10'000;
  std::chrono::seconds cache_lifetime{1800};  // longer than most clients wait between two checks
  // How long a log-in waits for its turn to hash before it is told to come later.
  std::chrono::milliseconds hash_wait{10'000};
};

class PasswordAuthenticator final : public protocol::Authenticator {
 public:
  // `pool` outlives this. An empty `log` logs nothing.
  PasswordAuthenticator(std::shared_ptr<store::Store> store, protocol::BlockingPool& pool,
                        LoginLog log, const AuthenticatorOptions& options = {});

  protocol::Awaitable<std::expected<std::shared_ptr<store::Account>, protocol::LoginError>>
  check_password(std::string name, std::string password, std::string authorization,
                 protocol::LoginOrigin origin) override;

 private:
  struct Attempt;
  struct Release {
    void operator()(std::atomic<unsigned>* running) const { --*running; }
  };
  using HashSlot = std::unique_ptr<std::atomic<unsigned>, Release>;  // held while hashing

  protocol::Awaitable<void> decide(Attempt& attempt);
  void look_up(Attempt& attempt);
  protocol::Awaitable<HashSlot> take_hash_slot();
  void hash(Attempt& attempt);
  void open(Attempt& attempt);

  const std::shared_ptr<store::Store> store_;
  protocol::BlockingPool& pool_;
  const LoginLog log_;
  const AuthenticatorOptions options_;
  const store::PasswordRecord nobody_;  // what an unknown name is checked against
  const unsigned hash_slots_;
  std::atomic<unsigned> hashing_ = 0;
  PasswordCache cache_;
  FailureDelay failure_delay_;
};

}  // namespace mailkeep::server
