// The Received field of a message that was delivered (RFC 5321 4.4, RFC 3848, RFC 6531 4.3), and
// names for messages in the log.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace mailkeep::lmtp {

struct ReceivedInfo {
  std::string_view client;    // of LHLO
  std::string_view peer;      // its address
  std::string_view hostname;  // ours
  std::string_view protocol;  // "LMTP", "UTF8LMTPS", ...
  std::string_view id;
  std::string_view recipient;  // in the envelope's form; empty: not said
  std::chrono::system_clock::time_point time;
};

// With its line end; lines stay below 998 octets. "by hostname" alone where there is no client.
std::string received_field(const ReceivedInfo& info);

// RFC 5322 3.3, in UTC: "Sun, 22 Nov 2026 21:04:05 +0000".
std::string format_date(std::chrono::system_clock::time_point time);

// A name for a message that no other one of this server gets: 16 letters and digits or more.
std::string new_message_id();

}  // namespace mailkeep::lmtp
