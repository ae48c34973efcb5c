// What the configuration says about POP3 sessions. Read-only while sessions run.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace mailkeep::pop3 {

struct Settings {
  std::string hostname = "localhost";
  std::string version;                     // of the server, for CAPA; may be empty
  std::chrono::seconds login_timeout{60};  // for a whole line before log-in
  std::chrono::seconds idle_timeout{600};  // and after it (RFC 1939 3: at least 10 minutes)
  std::uint32_t max_bad_commands = 20;     // in a row, then the end; refused log-ins count
  enum class Plaintext : std::uint8_t { never, loopback, always };
  Plaintext plaintext_without_tls = Plaintext::loopback;  // log-in with a password and no TLS
  bool apop = false;
  std::string unique_id = "%v.%u";  // a valid UniqueIdFormat
  // After how many days in INBOX messages go at QUIT (RFC 2449 6.7); 0: those that were retrieved
  // go at once; nothing: the server removes none.
  std::optional<std::uint32_t> expire_days;
  std::chrono::seconds login_delay{0};  // between two log-ins of an account (RFC 2449 6.5)
  bool exclusive = false;               // one session an account (RFC 1939 4)
  bool deletes_by_flag = false;         // DELE sets \Deleted, which hides the message here
  bool refuses_utf8 = false;   // messages with UTF-8 headers for clients that did not say UTF8
  bool replaces_nuls = false;  // by 0x80: Outlook takes NUL for the end of a message
  bool ends_headers = false;   // of messages that have no body and no blank line: Outlook Express
};

}  // namespace mailkeep::pop3
