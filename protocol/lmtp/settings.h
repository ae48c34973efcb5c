// What the configuration says about LMTP sessions. Read-only while sessions run.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mailkeep::lmtp {

struct Settings {
  std::string hostname = "localhost";
  std::chrono::seconds idle_timeout{300};  // for a command, and for more of a message
  std::uint64_t max_message_bytes = 256ULL << 20;
  std::uint32_t max_recipients = 100;           // a message (RFC 5321 4.5.3.1.8: at least 100)
  std::uint32_t max_bad_commands = 20;          // in a row, then the end
  std::vector<std::string> log_in_accounts;     // that may deliver, once logged in; none: anybody
  std::chrono::seconds suppress_duplicates{0};  // how long deliveries are remembered
  bool defer_over_quota = false;  // 4xx for a full account, so that the sender tries again
};

}  // namespace mailkeep::lmtp
