// Bearer tokens as the configuration has them checked: signed ones by a file of keys, which is read
// again when it changes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "server/auth/jwt.h"
#include "server/auth/token_checker.h"

namespace mailkeep::server {

// Asks the issuer about a token (RFC 7662 2): its answer, or nothing where there was none.
// Blocking.
using Introspect = std::function<std::string(std::string_view token, std::string& problem)>;

class OAuthTokens final : public TokenChecker {
 public:
  // Either `keys` is a file of a JSON Web Key Set, or `introspect` is there, or both are: then only
  // tokens that are not signed are asked about.
  OAuthTokens(std::filesystem::path keys, TokenRules rules, Introspect introspect = {});

  TokenVerdict check(std::string_view token, std::int64_t now) override;

 private:
  std::shared_ptr<const KeySet> keys();
  TokenVerdict ask(std::string_view token, std::int64_t now) const;

  const std::filesystem::path file_;
  const TokenRules rules_;
  const Introspect introspect_;
  std::mutex mutex_;
  std::shared_ptr<const KeySet> keys_;
  std::filesystem::file_time_type read_time_;
};

}  // namespace mailkeep::server
