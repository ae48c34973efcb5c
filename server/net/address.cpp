#include "server/net/address.h"

#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace mailkeep::server::net {

namespace {

constexpr std::string_view kUnixPrefix = "unix:";

const sockaddr_in& as_ipv4(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr_in&>(storage);
}

const sockaddr_in6& as_ipv6(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr_in6&>(storage);
}

// The four octets of an IPv4 address, also of one inside IPv6 (RFC 4291 2.5.5.2); else empty.
std::string_view ipv4_octets(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    return {reinterpret_cast<const char*>(&as_ipv4(storage).sin_addr), 4};
  }
  if (storage.ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&as_ipv6(storage).sin6_addr)) {
    return {reinterpret_cast<const char*>(&as_ipv6(storage).sin6_addr) + 12, 4};
  }
  return {};
}

SocketAddress unix_address(const std::string& path) {
  SocketAddress address;
  auto& name = reinterpret_cast<sockaddr_un&>(address.storage);
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return address;
}

// Every address: IPv6 takes IPv4 in too. Without IPv6 in the kernel, IPv4 alone.
SocketAddress any_address(std::uint16_t port) {
  SocketAddress address;
  const int probe = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe >= 0) {
    ::close(probe);
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(address.storage);
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_addr = in6addr_any;
    ipv6.sin6_port = htons(port);
    address.length = sizeof(sockaddr_in6);
  } else {
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(address.storage);
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    address.length = sizeof(sockaddr_in);
  }
  return address;
}

}  // namespace

bool Endpoint::is_local() const {
  return is_unix() || host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string Endpoint::text() const {
  if (is_unix()) return fmt::format("{}{}", kUnixPrefix, path);
  if (host.empty()) return fmt::format("*:{}", port);
  const bool ipv6 = host.find(':') != std::string::npos;
  return ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::expected<Endpoint, std::string> parse_endpoint(std::string_view text) {
  Endpoint endpoint;
  if (text.starts_with(kUnixPrefix)) {
    endpoint.path = text.substr(kUnixPrefix.size());
    if (!endpoint.path.starts_with('/')) {
      return std::unexpected("needs an absolute path after unix:, as in unix:/run/mailkeep/imap");
    }
    if (endpoint.path.size() >= sizeof(sockaddr_un::sun_path)) {
      return std::unexpected(
          fmt::format("is too long a path (at most {} octets)", sizeof(sockaddr_un::sun_path) - 1));
    }
    return endpoint;
  }
  const std::size_t colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  const std::string_view port = text.substr(colon == std::string_view::npos ? 0 : colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (colon == std::string_view::npos || host.empty() || error != std::errc{} ||
      end != port.data() + port.size()) {
    return std::unexpected("is not ADDRESS:PORT (127.0.0.1:143, [::1]:143, *:143) or unix:/PATH");
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    endpoint.host = host.substr(1, host.size() - 2);
    in6_addr ignored;
    if (inet_pton(AF_INET6, endpoint.host.c_str(), &ignored) != 1) {
      return std::unexpected("has no IPv6 address between the brackets");
    }
  } else if (host.find(':') != std::string_view::npos) {
    return std::unexpected("needs brackets around the IPv6 address, as in [::1]:143");
  } else if (host != "*") {
    endpoint.host = host;
  }
  return endpoint;
}

std::uint16_t SocketAddress::port() const {
  if (storage.ss_family == AF_INET) return ntohs(as_ipv4(storage).sin_port);
  if (storage.ss_family == AF_INET6) return ntohs(as_ipv6(storage).sin6_port);
  return 0;
}

std::string SocketAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (const std::string_view octets = ipv4_octets(storage); !octets.empty()) {
    inet_ntop(AF_INET, octets.data(), buffer.data(), buffer.size());
    return fmt::format("{}:{}", buffer.data(), port());
  }
  if (storage.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &as_ipv6(storage).sin6_addr, buffer.data(), buffer.size());
    return fmt::format("[{}]:{}", buffer.data(), port());
  }
  return "unix";
}

bool SocketAddress::is_loopback() const {
  if (const std::string_view octets = ipv4_octets(storage); !octets.empty()) {
    return octets[0] == 127;
  }
  if (storage.ss_family == AF_INET6) return IN6_IS_ADDR_LOOPBACK(&as_ipv6(storage).sin6_addr);
  return true;
}

std::string SocketAddress::network() const {
  if (const std::string_view octets = ipv4_octets(storage); !octets.empty()) {
    return std::string(octets);
  }
  if (storage.ss_family == AF_INET6) {
    return std::string(reinterpret_cast<const char*>(&as_ipv6(storage).sin6_addr), 8);
  }
  return {};
}

std::vector<SocketAddress> resolve(const Endpoint& endpoint) {
  if (endpoint.is_unix()) return {unix_address(endpoint.path)};
  if (endpoint.host.empty()) return {any_address(endpoint.port)};
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  const std::string port = std::to_string(endpoint.port);
  if (const int error = getaddrinfo(endpoint.host.c_str(), port.c_str(), &hints, &list)) {
    throw std::runtime_error(
        fmt::format("cannot find the address {}: {}", endpoint.host, gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, &freeaddrinfo);
  std::vector<SocketAddress> addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    SocketAddress& address = addresses.emplace_back();
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.length = entry->ai_addrlen;
  }
  return addresses;
}

}  // namespace mailkeep::server::net
