// What sessions report, written to the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "protocol/lmtp/delivery_services.h"
#include "protocol/session_events.h"
#include "server/auth/authenticator.h"
#include "server/log.h"

namespace mailkeep::server {

class SessionLog final : public protocol::SessionEvents, public lmtp::DeliveryLog {
 public:
  // `log` must outlive this.
  explicit SessionLog(Log& log) : log_(&log) {}

  void command_failed(std::string_view protocol, std::string_view peer, std::string_view account,
                      std::string_view mailbox, std::uint32_t uid, std::string_view command,
                      std::string_view what) override;
  void message_has_defects(std::string_view protocol, std::string_view account,
                           std::string_view mailbox, std::uint32_t uid,
                           std::string_view kinds) override;
  void session_ended(std::string_view protocol, std::string_view peer, std::string_view account,
                     std::string_view reason) override;
  void delivered(const lmtp::DeliveryEvent& event) override;

  // Since the start.
  struct Counters {
    std::atomic<std::uint64_t> messages_with_defects{0};
    std::atomic<std::uint64_t> failures{0};  // of commands, and of messages that were answered
  };
  const Counters& counters() const { return counters_; }

 private:
  Counters counters_;
  Log* log_;
};

// A few words for an error: "refused".
std::string_view describe(protocol::LoginError error);

// Writes log-ins to `log`, which must outlive it.
LoginLog login_log(Log& log);

}  // namespace mailkeep::server
