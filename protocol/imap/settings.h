// What the configuration says about IMAP sessions. Read-only while sessions run.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/imap/wire/command_reader.h"
#include "protocol/imap/wire/grammar.h"

namespace mailkeep::imap {

struct Settings {
  std::string hostname = "localhost";
  std::string version;                      // of the server, for ID; may be empty
  std::chrono::seconds login_timeout{60};   // before log-in
  std::chrono::seconds idle_timeout{1800};  // after log-in (RFC 9051 5.4: at least 30 minutes)
  std::uint32_t max_bad_commands = 20;      // in a row, then BYE
  std::uint64_t max_message_bytes = 256ULL << 20;  // of an APPEND
  // Of one command with several messages: how many, their octets together, and what they may hold
  // in memory while others arrive.
  std::uint32_t max_append_messages = 250;
  std::uint64_t max_append_octets = std::uint64_t{4} << 30;
  std::uint64_t max_append_held_bytes = 32U << 20;
  CapabilitySet disabled;                   // turned off for everybody
  bool share_with_anyone = false;           // whether rights of "anyone" count (RFC 4314 2)
  std::vector<std::string> administrators;  // accounts that may set quota limits of others
  std::uint32_t message_limit = 0;          // messages a command works on (RFC 9738); 0: any number
  std::uint32_t save_limit = 0;  // messages of a COPY or APPEND (RFC 9738); 0: any number
  std::vector<std::string> submission_users;  // may use URLs for submission (RFC 4467 3)
  std::string anonymous_account;              // whose sessions are nobody's (RFC 4505); or empty
  ReaderLimits reader;
  ReaderLimits reader_before_login{8 * 1024, 16 * 1024};
  enum class Plaintext : std::uint8_t { never, loopback, always };
  Plaintext plaintext_without_tls = Plaintext::loopback;  // log-in with a password and no TLS
};

}  // namespace mailkeep::imap
