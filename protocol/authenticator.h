// Who may log in: the one seam between the sessions and the sources of passwords. The server
// implements it; it never reveals whether a name exists.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/sasl/exchange.h"
#include "protocol/stream.h"
#include "store/account.h"
#include "store/store.h"

namespace mailkeep::protocol {

enum class LoginError : std::uint8_t {
  refused,          // wrong name or password
  account_damaged,  // the mail cannot be opened; the log says what to run
  account_suspended,
  unavailable,  // the machine failed; try again later
  blocked,      // too many failures; try again later
};

// Where a log-in comes from, for the log and for what is allowed there. The views live for the
// call.
struct LoginOrigin {
  std::string_view protocol;   // "imap", "pop3", "smtp", ...
  std::string_view mechanism;  // "LOGIN", "PLAIN", "USER", ...
  std::string_view peer;
  bool tls = false;
};

using LoginResult = std::expected<std::shared_ptr<store::Account>, LoginError>;

// All calls log the outcome, and a failed one may take a while, so that guessing is slow.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Whether the configuration has this mechanism, by its name in upper case, and the accounts have
  // what it needs. What the connection has is not asked here.
  virtual bool offers(std::string_view mechanism) const {
    return mechanism == "PLAIN" || mechanism == "LOGIN";
  }

  // Checks a password and opens the account. `authorization` is the name to act as: empty or equal
  // to `name`, unless `name` is a master user's. Takes the same time for an unknown name as for a
  // wrong password.
  virtual Awaitable<LoginResult> check_password(std::string name, std::string password,
                                                std::string authorization, LoginOrigin origin) = 0;

  // For exchanges that prove a password without showing it (RFC 5802): the keys of a name, or some
  // that nobody has, which are always the same for a name.
  virtual Awaitable<std::expected<sasl::ScramRecord, LoginError>> find_keys(
      std::string /*name*/, store::ScramHash /*hash*/, LoginOrigin /*origin*/) {
    co_return std::unexpected(LoginError::unavailable);
  }
  // The end of an exchange with a proof, a token, a certificate or nothing (sasl::Action::Kind).
  virtual Awaitable<LoginResult> conclude(sasl::Action /*action*/, LoginOrigin /*origin*/) {
    co_return std::unexpected(LoginError::unavailable);
  }
  // APOP (RFC 1939 7): `digest` is the MD5 of `timestamp` and the account's secret for it.
  virtual Awaitable<LoginResult> check_digest(std::string /*name*/, std::string /*timestamp*/,
                                              std::string /*digest*/, LoginOrigin /*origin*/) {
    co_return std::unexpected(LoginError::refused);
  }
};

}  // namespace mailkeep::protocol
