// Lines of the protocol in which mail systems let an auth service check log-ins (Dovecot's, version
// 1.2): words with tabs between, and what is special in them behind \001.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mailkeep::auth_service {

// Longer lines are no client's: a bearer token in base64, and room for parameters.
inline constexpr std::size_t kMaxLineBytes = 48 * 1024;

struct VersionRequest {
  unsigned major = 0;
};
struct ClientRequest {};  // CPID: the client's process
// A new exchange.
struct AuthRequest {
  std::uint32_t id = 0;
  std::string mechanism;                // upper case
  std::string service;                  // "smtp"
  std::string peer;                     // "192.0.2.1:25", "[2001:db8::1]:25", or empty
  bool secured = false;                 // the client's client uses TLS
  bool valid_certificate = false;       // and gave a certificate that the client has verified
  std::string certificate_name;         // whose it is
  std::optional<std::string> response;  // still base64
};
struct ContinueRequest {
  std::uint32_t id = 0;
  std::string response;  // still base64
};
struct CancelRequest {
  std::uint32_t id = 0;
};

using Request =
    std::variant<VersionRequest, ClientRequest, AuthRequest, ContinueRequest, CancelRequest>;

// A line without its end. Nothing where it is none of them; unknown parameters do not matter.
std::optional<Request> parse_request(std::string_view line);

// A word as it goes into a line: NUL, tab, LF, CR and \001 behind \001.
std::string escape(std::string_view text);
std::string unescape(std::string_view text);

}  // namespace mailkeep::auth_service
