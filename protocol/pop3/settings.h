// What the configuration says about POP3 sessions. Read-only while sessions run.
#pragma once

#include <chrono>
#include <cstdint>
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
};

}  // namespace mailkeep::pop3
