// Everything that log-ins are checked with, as the configuration has it, from start to stop.
#pragma once

#include <memory>
#include <vector>

#include "protocol/blocking.h"
#include "server/auth/authenticator.h"
#include "server/config/config.h"
#include "store/credentials.h"
#include "store/logins.h"
#include "store/store.h"

namespace mailkeep::server {

class LoginServices {
 public:
  // `config`, `pool` and `old_server`, which may be null, outlive it. Throws std::runtime_error
  // where a file that the configuration names cannot be read.
  LoginServices(const Config& config, const std::shared_ptr<store::Store>& store,
                protocol::BlockingPool& pool, LoginLog log, OldServer* old_server = nullptr);

  protocol::Authenticator& authenticator() { return *authenticator_; }
  // About once a second, on one thread. Blocking.
  void maintain();

 private:
  store::Credentials credentials_;
  store::Logins logins_;
  LoginJournal journal_;
  GuessLimiter limiter_;
  std::vector<std::unique_ptr<LoginSource>> sources_;
  std::unique_ptr<TokenChecker> tokens_;
  std::unique_ptr<AccountAuthenticator> authenticator_;
  unsigned seconds_ = 0;
};

}  // namespace mailkeep::server
