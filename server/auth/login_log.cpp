#include "server/auth/login_log.h"

namespace mailkeep::server {
namespace {

std::string_view reason(protocol::LoginError error) {
  switch (error) {
    case protocol::LoginError::refused:
      return "refused";
    case protocol::LoginError::account_damaged:
      return "account damaged";
    case protocol::LoginError::account_suspended:
      return "account suspended";
    case protocol::LoginError::unavailable:
      return "unavailable";
  }
  return "";
}

void write(Log& log, const LoginEvent& event) {
  const auto& origin = event.origin;
  if (!event.error) {
    log.info("login", {{"protocol", origin.protocol},
                       {"peer", origin.peer},
                       {"account", event.name},
                       {"mechanism", origin.mechanism},
                       {"tls", origin.tls}});
    return;
  }
  const bool damaged = *event.error == protocol::LoginError::account_damaged;
  const bool ours = damaged || *event.error == protocol::LoginError::unavailable;
  log.write(ours ? LogLevel::error : LogLevel::warning, "login_failed",
            {{"protocol", origin.protocol},
             {"peer", origin.peer},
             {"account", event.name},
             {"mechanism", origin.mechanism},
             {"tls", origin.tls},
             {"reason", reason(*event.error)},
             {"detail", event.detail},
             {"try", damaged ? "mailkeep store check ACCOUNT" : ""}});
}

}  // namespace

LoginLog log_logins_to(Log& log) {
  return [&log](const LoginEvent& event) { write(log, event); };
}

}  // namespace mailkeep::server
