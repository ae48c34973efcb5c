// One log-in on its way through the checks of AccountAuthenticator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/auth/authenticator.h"
#include "server/session_log.h"

namespace mailkeep::server {

struct AccountAuthenticator::Attempt {
  protocol::LoginOrigin origin;
  std::string_view typed;             // as the client gave it
  std::optional<std::string> login;   // who proves; nothing: not even a possible name
  std::optional<std::string> target;  // whose mail it is to be
  bool acts_for_other = false;
  std::string_view password;
  FoundKeys keys;
  PasswordCache::Key cache_key{};
  bool verified = false;         // the password is right
  bool unavailable = false;      // a source could not be asked
  bool denied = false;           // by a source that knows the name
  bool was_sent = false;         // to the old server, which did not find it right
  bool asks_old_server = false;  // nobody else knows the name
  bool decided = false;
  std::string app_password;  // that was used; empty: the account's own
  protocol::LoginResult outcome{std::unexpect, protocol::LoginError::refused};
  std::string detail;

  void fail(protocol::LoginError error, std::string_view why) {
    outcome = std::unexpected(error);
    detail = why;
    decided = true;
  }

  void use_name(const std::string& name) {
    login = name;
    target = name;
    acts_for_other = false;
  }

  store::LoginRow row(std::int64_t now) const {
    std::string text = outcome ? "ok" : std::string(describe(outcome.error()));
    if (!detail.empty()) text += ": " + detail;
    return {.account = target.value_or(login.value_or(std::string())),
            .time = now,
            .protocol = std::string(origin.protocol),
            .mechanism = std::string(origin.mechanism),
            .peer = std::string(origin.peer),
            .outcome = std::move(text)};
  }
};

}  // namespace mailkeep::server
