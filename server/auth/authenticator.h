// Log-ins against the accounts of the store and the other sources of passwords.
//
// One for the whole server, used by all sessions at once. Hashing and the store run in the blocking
// pool; so many hashes run at a time as there are processors, so that a flood of log-ins neither
// takes the pool from everybody else nor grows without bound.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/authenticator.h"
#include "protocol/blocking.h"
#include "server/auth/failure_delay.h"
#include "server/auth/guess_limiter.h"
#include "server/auth/hash_slots.h"
#include "server/auth/key_finder.h"
#include "server/auth/login_journal.h"
#include "server/auth/login_source.h"
#include "server/auth/old_server.h"
#include "server/auth/password_cache.h"
#include "server/auth/token_checker.h"
#include "store/credentials.h"
#include "store/store.h"

namespace mailkeep::server {

// One log-in and how it ended, for the log. The views live for the call. `name` is what the client
// sent, any octets: the log escapes it.
struct LoginEvent {
  std::string_view name;
  protocol::LoginOrigin origin;
  std::optional<protocol::LoginError> error;  // none: logged in
  // What the machine said, which check refused, or whose password it was; may be empty.
  std::string_view detail;
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

  std::set<std::string, std::less<>> disabled_mechanisms;  // upper case
  std::set<std::string, std::less<>> masters;  // accounts that may log in as others: user*master
  std::string anonymous;                       // whose mail ANONYMOUS shows; empty: nobody's
  // Names of client certificates (protocol::Stream) to accounts. Without an entry "email:" and
  // "cn:" are for the account of that very name.
  std::map<std::string, std::string, std::less<>> certificates;
  bool external = false;          // client certificates are asked for
  bool creates_accounts = false;  // for names that another source knows
};

// What log-ins are checked with; all of it outlives the authenticator. Null: there is none.
struct AuthenticatorParts {
  std::shared_ptr<store::Store> store;
  protocol::BlockingPool& pool;
  LoginLog log;
  store::Credentials* credentials = nullptr;
  GuessLimiter* limiter = nullptr;
  LoginJournal* journal = nullptr;
  TokenChecker* tokens = nullptr;
  // In their order; null stands for the accounts themselves. None at all: the accounts only.
  std::vector<LoginSource*> sources{};
  OldServer* old_server = nullptr;  // asked last
};

class AccountAuthenticator final : public protocol::Authenticator {
 public:
  AccountAuthenticator(AuthenticatorParts parts, AuthenticatorOptions options = {});

  bool offers(std::string_view mechanism) const override;
  protocol::Awaitable<protocol::LoginResult> check_password(std::string name, std::string password,
                                                            std::string authorization,
                                                            protocol::LoginOrigin origin) override;
  protocol::Awaitable<std::expected<sasl::ScramRecord, protocol::LoginError>> find_keys(
      std::string name, store::ScramHash hash, protocol::LoginOrigin origin) override;
  protocol::Awaitable<protocol::LoginResult> conclude(sasl::Action action,
                                                      protocol::LoginOrigin origin) override;
  protocol::Awaitable<protocol::LoginResult> check_digest(std::string name, std::string timestamp,
                                                          std::string digest,
                                                          protocol::LoginOrigin origin) override;

  // Looks which hashes of SCRAM all accounts have keys for. Blocking; about once a minute.
  void refresh();

 private:
  struct Attempt;
  Attempt begin(std::string_view name, std::string_view authorization,
                const protocol::LoginOrigin& origin) const;
  protocol::Awaitable<void> decide(Attempt& attempt);
  // Runs `work` in the pool; what it throws makes the log-in unavailable.
  template <class Work>
  protocol::Awaitable<void> guarded(Attempt& attempt, Work work);
  protocol::Awaitable<protocol::LoginResult> finish(Attempt& attempt);
  bool is_blocked(Attempt& attempt);
  void look_up(Attempt& attempt);
  void hash(Attempt& attempt);
  // Both: true where nobody else need be asked.
  bool try_account(Attempt& attempt);
  bool try_source(Attempt& attempt, LoginSource& source);
  void take_over(Attempt& attempt, LoginSource& source);
  bool is_for_old_server(const Attempt& attempt) const;
  void ask_old_server(Attempt& attempt);
  static store::PasswordRecord record_of(const Attempt& attempt);
  void add_missing_keys(Attempt& attempt);
  void use_proof(Attempt& attempt, const sasl::Action& action);
  void use_token(Attempt& attempt, const sasl::Action& action);
  void use_certificate(Attempt& attempt, const sasl::Action& action);
  void use_digest(Attempt& attempt, std::string_view timestamp, std::string_view digest);
  // The account that a proven name opens; false where it may not act as whom it asked for.
  bool authorize(Attempt& attempt);
  void open(Attempt& attempt);
  void count_failure(Attempt& attempt);

  const AuthenticatorParts parts_;
  const AuthenticatorOptions options_;
  const KeyFinder keys_;
  HashSlots hash_slots_;
  std::atomic<bool> all_have_sha1_ = false;
  std::atomic<bool> all_have_sha512_ = false;
  std::atomic<std::chrono::milliseconds> old_server_time_{};  // of its last refusal
  PasswordCache cache_;
  FailureDelay failure_delay_;
};

}  // namespace mailkeep::server
