// Who guesses too much may not try for a while: failed log-ins are counted for each account from
// each client, and for each network over all accounts, where a restart does not forget them.
//
// Blocking (store::Logins); any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "server/auth/networks.h"
#include "store/logins.h"

namespace mailkeep::server {

struct GuessLimits {
  std::uint64_t of_account = 10;    // failures of one account from one client; 0: no limit
  std::uint64_t of_network = 200;   // failures from one network; 0: no limit
  std::chrono::seconds block{900};  // how long; failures that are older are forgotten
  Networks exempt;                  // clients there are never blocked
};

class GuessLimiter {
 public:
  // `logins` outlives this.
  GuessLimiter(store::Logins& logins, GuessLimits limits);

  // `now` is seconds since 1970; `name` the account's name as account_name() makes it, whether or
  // not there is such an account.
  bool is_blocked(std::string_view peer, std::string_view name, std::int64_t now);
  void failed(std::string_view peer, std::string_view name, std::int64_t now);
  // The client is who it says; its network has still guessed what it has guessed.
  void succeeded(std::string_view peer, std::string_view name);
  // About once a minute.
  void clean(std::int64_t now);

 private:
  bool is_exempt(std::string_view peer) const;
  void count(std::string_view source, std::string_view name, std::uint64_t limit, std::int64_t now);

  store::Logins* logins_;
  const GuessLimits limits_;
};

}  // namespace mailkeep::server
