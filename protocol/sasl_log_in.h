// A SASL exchange between a session and the authenticator, one step at a time: what IMAP, POP3,
// LMTP and the service for other servers share.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/authenticator.h"
#include "protocol/sasl/mechanisms.h"
#include "protocol/stream.h"

namespace mailkeep::protocol {

class SaslLogIn {
 public:
  struct Step {
    enum class Kind : std::uint8_t {
      challenge,  // send `text` (without base64) and give the response to respond()
      logged_in,  // `account`
      refused,    // `error`
      mistaken,   // the client did not keep to the mechanism: `text` says how
    };
    Kind kind = Kind::mistaken;
    std::string text;
    std::shared_ptr<store::Account> account;
    LoginError error = LoginError::refused;
  };

  // `mechanism`, `authenticator` and what `origin` views stay until the end.
  SaslLogIn(const sasl::Mechanism& mechanism, const sasl::ExchangeContext& context,
            Authenticator& authenticator, const LoginOrigin& origin);

  // `initial`: the response that came along with the command, if one did. One that is too long or
  // otherwise wrong is the mechanism's to refuse.
  Awaitable<Step> begin(std::optional<std::string> initial);
  Awaitable<Step> respond(std::string response);

 private:
  Awaitable<Step> perform(sasl::Action action);
  Awaitable<Step> conclude(sasl::Action action);

  std::unique_ptr<sasl::Exchange> exchange_;
  Authenticator* authenticator_;
  LoginOrigin origin_;
  std::optional<Step> after_response_;  // what an empty response to the last challenge brings
};

// What the connection has for its exchanges; for as long as the stream lives.
sasl::ExchangeContext exchange_context(const Stream& stream);

// The mechanisms that a client may use on this connection now, the better ones first.
// `privacy`: passwords may be shown on it.
std::vector<const sasl::Mechanism*> offered_mechanisms(const Stream& stream,
                                                       const Authenticator& authenticator,
                                                       bool privacy);
bool is_offered(const sasl::Mechanism& mechanism, const Stream& stream,
                const Authenticator& authenticator, bool privacy);

}  // namespace mailkeep::protocol
