// OAUTHBEARER (RFC 7628) and its older kin XOAUTH2: one message with a bearer token (RFC 6750), and
// where it is refused, a few words of JSON that the client answers before the exchange fails.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/sasl/exchange.h"

namespace mailkeep::sasl {

// Longer tokens are nobody's.
inline constexpr std::size_t kMaxTokenBytes = 16 * 1024;
inline constexpr std::size_t kMaxBearerBytes = kMaxTokenBytes + 2048;
inline constexpr std::size_t kMaxBearerBase64Bytes = (kMaxBearerBytes + 2) / 3 * 4;

struct BearerMessage {
  std::string name;  // whom to act as; empty: whom the token names
  std::string token;
};

// RFC 7628 3.1: gs2-header, then key=value pairs that end in %x01, and another %x01. Nothing where
// it is none, or has no "auth=Bearer ..." of token68 characters (RFC 6750 2.1).
std::optional<BearerMessage> parse_oauthbearer(std::string_view message);
// "user=NAME^Aauth=Bearer TOKEN^A^A"
std::optional<BearerMessage> parse_xoauth2(std::string_view message);

class OAuthBearerExchange final : public Exchange {
 public:
  Action begin() override;
  Action step(std::string response) override;
  std::string refusal() const override;
};

class XOAuth2Exchange final : public Exchange {
 public:
  Action begin() override;
  Action step(std::string response) override;
  std::string refusal() const override;
};

}  // namespace mailkeep::sasl
