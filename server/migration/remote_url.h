// The server to migrate from, as the command line names it: an IMAP URL (RFC 5092 3) without a
// mailbox, "imaps://user;AUTH=PLAIN@host:993", or the same with pop3 and pop3s.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace mailkeep::server {

struct RemoteUrl {
  enum class Scheme : std::uint8_t { imap, imaps, pop3, pop3s };
  Scheme scheme = Scheme::imaps;
  std::string user;       // empty: not given
  std::string mechanism;  // of ";AUTH=", in capitals; empty or "*": any
  std::string host;
  std::uint16_t port = 0;

  bool is_imap() const { return scheme == Scheme::imap || scheme == Scheme::imaps; }
  // TLS from the start; else by STARTTLS.
  bool is_encrypted() const { return scheme == Scheme::imaps || scheme == Scheme::pop3s; }
};

// What is wrong is said in the error.
std::expected<RemoteUrl, std::string> parse_remote_url(std::string_view text);

}  // namespace mailkeep::server
