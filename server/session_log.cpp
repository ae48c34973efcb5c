#include "server/session_log.h"

#include <string>

namespace mailkeep::server {

std::string_view describe(protocol::LoginError error) {
  switch (error) {
    case protocol::LoginError::refused:
      return "refused";
    case protocol::LoginError::account_damaged:
      return "account damaged";
    case protocol::LoginError::account_suspended:
      return "account suspended";
    case protocol::LoginError::unavailable:
      return "unavailable";
    case protocol::LoginError::blocked:
      return "blocked";
  }
  return "";
}

namespace {

void write_login(Log& log, const LoginEvent& login) {
  using protocol::LoginError;
  const protocol::LoginOrigin& origin = login.origin;
  if (!login.error) {
    const LogField protocol("protocol", origin.protocol);
    const LogField mechanism("mechanism", origin.mechanism);
    const LogField peer("peer", origin.peer);
    const LogField tls("tls", origin.tls);
    const LogField account("account", login.name);
    if (login.detail.empty()) {
      log.info("login", {protocol, mechanism, peer, tls, account});
    } else {  // not by the account's own password
      log.info("login", {protocol, mechanism, peer, tls, account, {"detail", login.detail}});
    }
    return;
  }
  // The machine's failures want a person; wrong passwords are everyday.
  const bool ours =
      *login.error == LoginError::account_damaged || *login.error == LoginError::unavailable;
  log.write(ours ? LogLevel::error : LogLevel::warning, "login_failed",
            {{"protocol", origin.protocol},
             {"mechanism", origin.mechanism},
             {"peer", origin.peer},
             {"tls", origin.tls},
             {"account", login.name},
             {"error", describe(*login.error)},
             {"detail", login.detail}});
  if (*login.error == LoginError::account_damaged) {
    const std::string hint = "run: mailkeep store check " + std::string(login.name);
    log.error("account_damaged", {{"account", login.name}, {"hint", hint}});
  }
}

}  // namespace

void SessionLog::command_failed(std::string_view protocol, std::string_view peer,
                                std::string_view account, std::string_view mailbox,
                                std::uint32_t uid, std::string_view command,
                                std::string_view what) {
  ++counters_.failures;
  log_->error("command_failed", {{"protocol", protocol},
                                 {"peer", peer},
                                 {"account", account},
                                 {"mailbox", mailbox},
                                 {"uid", uid},
                                 {"command", command},
                                 {"error", what}});
}

void SessionLog::message_has_defects(std::string_view protocol, std::string_view account,
                                     std::string_view mailbox, std::uint32_t uid,
                                     std::string_view kinds) {
  ++counters_.messages_with_defects;
  log_->info("message_has_defects", {{"protocol", protocol},
                                     {"account", account},
                                     {"mailbox", mailbox},
                                     {"uid", uid},
                                     {"defects", kinds}});
}

void SessionLog::session_ended(std::string_view protocol, std::string_view peer,
                               std::string_view account, std::string_view reason) {
  log_->info("session_ended",
             {{"protocol", protocol}, {"peer", peer}, {"account", account}, {"reason", reason}});
}

void SessionLog::delivered(const lmtp::DeliveryEvent& event) {
  const bool kept = event.code < 300;
  log_->write(kept ? LogLevel::info : LogLevel::warning, kept ? "delivered" : "not_delivered",
              {{"protocol", event.protocol},
               {"peer", event.peer},
               {"id", event.id},
               {"sender", event.sender},
               {"recipient", event.recipient},
               {"size", event.size},
               {"code", event.code},
               {"status", event.status}});
}

LoginLog login_log(Log& log) {
  return [&log](const LoginEvent& login) { write_login(log, login); };
}

}  // namespace mailkeep::server
