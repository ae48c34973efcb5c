// Who may log in: the one seam between the sessions and the sources of passwords. The server
// implements it; it never reveals whether a name exists.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/stream.h"
#include "store/account.h"

namespace mailkeep::protocol {

enum class LoginError : std::uint8_t {
  refused,          // wrong name or password
  account_damaged,  // the mail cannot be opened; the log says what to run
  account_suspended,
  unavailable,  // the machine failed; try again later
};

// Where a log-in comes from, for the log.
struct LoginOrigin {
  std::string_view protocol;   // "imap", "pop3"
  std::string_view mechanism;  // "LOGIN", "PLAIN", "USER", ...
  std::string_view peer;
  bool tls = false;
};

class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Checks a password and opens the account. `authorization` is the name to act as: empty or equal
  // to `name`. Logs the outcome. Takes the same time for an unknown name as for a wrong password.
  virtual Awaitable<std::expected<std::shared_ptr<store::Account>, LoginError>> check_password(
      std::string name, std::string password, std::string authorization, LoginOrigin origin) = 0;
};

}  // namespace mailkeep::protocol
