#include "server/auth/networks.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/ip/address.hpp>

namespace mailkeep::server {

namespace ip = boost::asio::ip;

namespace {

std::vector<unsigned char> octets_of(const ip::address& address) {
  if (address.is_v4()) {
    const auto octets = address.to_v4().to_bytes();
    return {octets.begin(), octets.end()};
  }
  const auto octets = address.to_v6().to_bytes();
  return {octets.begin(), octets.end()};
}

ip::address as_v4_where_it_is(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

std::string slash_64(const ip::address& address) {
  auto octets = address.to_v6().to_bytes();
  std::fill(octets.begin() + 8, octets.end(), static_cast<unsigned char>(0));
  return ip::address_v6(octets).to_string() + "/64";
}

std::optional<ip::address> parse(std::string_view text) {
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return as_v4_where_it_is(address);
}

}  // namespace

std::optional<ip::address> address_of(std::string_view peer) {
  if (const auto address = parse(peer)) return address;
  std::string_view host = peer.substr(0, peer.rfind(':'));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return parse(host);
}

std::string client_text(std::string_view peer) {
  const auto address = address_of(peer);
  if (!address) return std::string(peer);
  return address->is_v4() ? address->to_string() : slash_64(*address);
}

std::string network_text(std::string_view peer) {
  const auto address = address_of(peer);
  if (!address) return {};
  if (address->is_v6()) return slash_64(*address);
  auto octets = address->to_v4().to_bytes();
  octets[3] = 0;
  return ip::address_v4(octets).to_string() + "/24";
}

bool Networks::add(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse(text.substr(0, slash));
  if (!address) return false;
  Network network{octets_of(*address), 0};
  network.bits = static_cast<unsigned>(network.octets.size() * 8);
  if (slash != std::string_view::npos) {
    const std::string_view number = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
    const bool whole = error == std::errc{} && end == number.data() + number.size();
    if (!whole || bits > network.bits) return false;
    network.bits = bits;
  }
  networks_.push_back(std::move(network));
  return true;
}

bool Networks::contains(std::string_view peer) const {
  const auto address = address_of(peer);
  if (!address) return false;
  const std::vector<unsigned char> octets = octets_of(*address);
  return std::ranges::any_of(networks_, [&](const Network& network) {
    if (network.octets.size() != octets.size()) return false;
    for (unsigned bit = 0; bit < network.bits; ++bit) {
      const unsigned difference = octets[bit / 8] ^ network.octets[bit / 8];
      if ((difference >> (7 - bit % 8) & 1U) != 0) return false;
    }
    return true;
  });
}

}  // namespace mailkeep::server
