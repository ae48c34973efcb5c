// Where clients come from, as far as guessing passwords is concerned.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace mailkeep::server {

// The address in "192.0.2.1:40000", "[2001:db8::1]:40000", "192.0.2.1" or "2001:db8::1"; an IPv4
// address that is written as IPv6 becomes IPv4. Nothing for "unix" and the like.
std::optional<boost::asio::ip::address> address_of(std::string_view peer);

// What counts as one client: "192.0.2.1", or the network "2001:db8::/64", which is what one
// customer gets. The text itself where it is no address.
std::string client_text(std::string_view peer);
// What counts as one neighbourhood: "192.0.2.0/24" or "2001:db8::/64". Empty where it is no
// address.
std::string network_text(std::string_view peer);

// Some networks, for exemptions.
class Networks {
 public:
  // "192.0.2.0/24", "2001:db8::/32", or an address. False: it is none of them.
  bool add(std::string_view text);
  bool contains(std::string_view peer) const;

 private:
  struct Network {
    std::vector<unsigned char> octets;  // 4 or 16
    unsigned bits = 0;
  };
  std::vector<Network> networks_;
};

}  // namespace mailkeep::server
