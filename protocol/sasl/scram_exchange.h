// SCRAM and its -PLUS form (RFC 5802, RFC 7677), the server's side: the client proves that it knows
// a password and the server that it has the keys, and neither is shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/sasl/exchange.h"

namespace mailkeep::sasl {

// Longer messages are no client's.
inline constexpr std::size_t kMaxScramBytes = 4096;

class ScramExchange final : public Exchange {
 public:
  // `plus`: with channel binding, which must then be used; without it a client that could have used
  // it is refused (RFC 5802 6), for somebody may have hidden it from the client.
  // `nonce`: the server's part; empty for a fresh one, as it must be but in tests.
  ScramExchange(ExchangeContext context, store::ScramHash hash, bool plus, std::string nonce = {});

  Action begin() override;
  Action step(std::string response) override;
  Action use_keys(const ScramRecord& record) override;

 private:
  enum class State : std::uint8_t { client_first, keys, client_final, done };

  Action client_first(std::string_view message);
  Action client_final(std::string_view message);
  // Takes the binding that the flag names. A few words where something is wrong with the flag.
  const char* take_binding_flag(std::string_view flag);
  bool is_proof(const ScramCandidate& candidate, std::string_view message,
                std::string_view proof) const;

  ExchangeContext context_;
  store::ScramHash hash_;
  bool plus_;
  std::string nonce_;  // the server's part; later both
  std::string name_;
  std::string authorization_;
  std::string gs2_header_;
  std::string binding_;
  std::string first_bare_;
  std::string server_first_;
  ScramRecord record_;
  State state_ = State::client_first;
};

// Whether the connection has a binding that SCRAM can use.
bool offers_binding(const ExchangeContext& context);

// RFC 5801 4: "=2C" is a comma and "=3D" is "="; nothing for any other "=", or where nothing is
// left.
std::optional<std::string> decode_saslname(std::string_view text);

// Text up to the next comma, which is taken away too; nothing where there is no comma and
// `may_be_last` is false.
std::optional<std::string_view> take_part(std::string_view& text, bool may_be_last = false);

}  // namespace mailkeep::sasl
