// One log-in by a SASL mechanism, without input or output (RFC 4422 3): what the client says goes
// in, and what is to be done next comes out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace mailkeep::sasl {

// The keys that a SCRAM exchange may prove: the account's own password and its app passwords. They
// all have the same salt and iterations.
struct ScramCandidate {
  std::string stored_key{};
  std::string server_key{};
  std::string app_password{};  // its name; empty: the account's own password
};
struct ScramRecord {
  std::uint32_t iterations = 0;
  std::string salt{};
  std::vector<ScramCandidate> candidates{};  // none: nobody can prove anything
};

// What the server is to do next.
struct Action {
  enum class Kind : std::uint8_t {
    challenge,       // send `text`, and give the response to step()
    find_keys,       // look the keys of `name` with `hash` up, and give them to use_keys()
    check_password,  // `secret` of `name`, to act as `authorization`: the end of the exchange
    proof,           // `name` has proved itself, or not; `text` is for the client if all is well
    token,           // `secret` is a bearer token for `name`, or for whom it says
    certificate,     // `names` are of the client's certificate
    anonymous,       // `text` is what the client says of itself (RFC 4505)
    failed,          // the client made a mistake; `text` says which, in a few words
  };
  Kind kind = Kind::failed;
  std::string text{};
  std::string name{};
  std::string secret{};
  std::string authorization{};  // whom to act as; empty: as `name`
  store::ScramHash hash = store::ScramHash::sha256;
  bool proved = false;
  std::string app_password{};  // that was proved; empty: the account's own
  std::vector<std::string> names{};
};

class Exchange {
 public:
  virtual ~Exchange() = default;
  // Where the client gave no initial response.
  virtual Action begin() = 0;
  // A response of the client, or its initial one, decoded.
  virtual Action step(std::string response) = 0;
  // After find_keys.
  virtual Action use_keys(const ScramRecord& record);
  // After token was refused: what the client is told before the exchange fails; nothing for most.
  virtual std::string refusal() const { return {}; }
};

// What a mechanism may want to know of the connection.
struct ExchangeContext {
  // The octets of a channel binding (RFC 5056) by its name; empty where there is none.
  std::function<std::string(std::string_view type)> channel_binding{};
  // Of the client's certificate, which has been verified: "sha256:0a1b...", "email:...", "cn:...".
  // None: there is no such certificate.
  std::vector<std::string> certificate{};
};

}  // namespace mailkeep::sasl
