// What sessions report, written to the log.
#pragma once

#include "protocol/session_events.h"
#include "server/auth/authenticator.h"
#include "server/log.h"

namespace mailkeep::server {

class SessionLog final : public protocol::SessionEvents {
 public:
  // `log` must outlive this.
  explicit SessionLog(Log& log) : log_(&log) {}

  void command_failed(std::string_view protocol, std::string_view peer, std::string_view account,
                      std::string_view mailbox, std::uint32_t uid, std::string_view command,
                      std::string_view what) override;
  void session_ended(std::string_view protocol, std::string_view peer, std::string_view account,
                     std::string_view reason) override;

 private:
  Log* log_;
};

// Writes log-ins to `log`, which must outlive it.
LoginLog login_log(Log& log);

}  // namespace mailkeep::server
