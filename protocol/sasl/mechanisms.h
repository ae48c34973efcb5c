// The one table of SASL mechanisms: IMAP, POP3, LMTP and the service for other servers offer what
// stands here and nothing else.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/sasl/exchange.h"

namespace mailkeep::sasl {

struct Mechanism {
  // What must be so for it to be offered.
  enum class Needs : std::uint8_t {
    nothing,
    privacy,      // it shows a password or a token to whoever can read the connection
    binding,      // a channel binding, which TLS has
    certificate,  // of the client, verified
  };
  std::string_view name;
  std::string_view rfc;
  Needs needs;
  // SCRAM's; nothing for others.
  std::optional<store::ScramHash> hash;
  std::unique_ptr<Exchange> (*make)(const Mechanism& self, const ExchangeContext& context);
};

// All mechanisms, the better ones first.
std::span<const Mechanism> mechanisms();
// By its name in upper case; null where there is none.
const Mechanism* find_mechanism(std::string_view name);
// Whether a connection has what it needs. `privacy`: passwords may be shown on it.
bool fits(const Mechanism& mechanism, bool privacy, const ExchangeContext& context);

}  // namespace mailkeep::sasl
