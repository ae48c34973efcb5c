// Addresses to listen on, as the configuration writes them, and addresses of peers.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

namespace mailkeep::server::net {

// "127.0.0.1:143", "[::1]:143", "*:143" (every address, IPv6 and IPv4), "mail.example.org:143" or
// "unix:/path". Port 0 takes a free one.
struct Endpoint {
  std::string host;  // empty for every address
  std::uint16_t port = 0;
  std::string path;  // of a Unix socket; then host and port are empty

  bool is_unix() const { return !path.empty(); }
  // Whether only this machine can connect to it, as far as the text tells.
  bool is_local() const;
  // As it is written in the configuration.
  std::string text() const;

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

// What is wrong is said in the error, as the rest of a sentence.
std::expected<Endpoint, std::string> parse_endpoint(std::string_view text);

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }

  std::uint16_t port() const;
  // "192.0.2.1:40000", "[2001:db8::1]:40000" or "unix". IPv4 inside IPv6 is shown as IPv4.
  std::string text() const;
  // Whether the peer is this machine itself.
  bool is_loopback() const;
  // What counts as one client for limits: the IPv4 address, the /64 network of an IPv6 address.
  // Empty for Unix sockets.
  std::string network() const;
};

// All socket addresses of the endpoint. Throws std::runtime_error saying why there is none.
std::vector<SocketAddress> resolve(const Endpoint& endpoint);

}  // namespace mailkeep::server::net
