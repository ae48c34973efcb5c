// JSON Web Tokens (RFC 7519) that are signed by one of some keys (RFC 7517): RS256, ES256 and EdDSA
// with Ed25519 (RFC 7518, RFC 8037). Nothing else is accepted, least of all "none".
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include "server/auth/token_checker.h"

namespace mailkeep::server {

// What a token must say.
struct TokenRules {
  std::string issuer;                  // iss; empty: any
  std::vector<std::string> audiences;  // aud: one of these; none: any
  std::string scope;                   // among those of scope; empty: any
  std::string name_claim = "email";
  std::int64_t clock_skew = 60;  // seconds
};

class KeySet {
 public:
  enum class Algorithm : std::uint8_t { rs256, es256, eddsa };

  // A JSON Web Key Set. Keys of other kinds, or for encryption, are passed over. Throws
  // std::runtime_error where it is none, or no key is left.
  explicit KeySet(std::string_view json);
  ~KeySet();
  KeySet(KeySet&&) noexcept;
  KeySet& operator=(KeySet&&) = delete;
  KeySet(const KeySet&) = delete;
  KeySet& operator=(const KeySet&) = delete;

  // Whether one of the keys with this id (empty: any) has signed.
  bool verify(Algorithm algorithm, std::string_view id, std::string_view text,
              std::string_view signature) const;
  std::size_t size() const { return keys_.size(); }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const;
  };
  struct Key {
    std::string id;
    Algorithm algorithm = Algorithm::rs256;
    std::unique_ptr<EVP_PKEY, Free> key;
  };
  std::vector<Key> keys_;
};

// Whether it is a token at all, as opposed to one that only its issuer can read.
bool looks_like_jwt(std::string_view token);

// `now` is seconds since 1970.
TokenVerdict check_jwt(std::string_view token, const KeySet& keys, const TokenRules& rules,
                       std::int64_t now);

// Claims of a token that has been found genuine, as an object of JSON: of a JWT, or what an issuer
// says of another one (RFC 7662 2.2), where `exp` may be missing.
TokenVerdict check_claims(std::string_view json, const TokenRules& rules, std::int64_t now,
                          bool needs_expiry);

// RFC 7515 2: base64 with the URL's alphabet and no padding. Empty where it is none.
std::string decode_base64url(std::string_view text);

}  // namespace mailkeep::server
