// Who a bearer token is for (RFC 7628): the seam between log-ins and the ways to check tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::server {

struct TokenVerdict {
  bool valid = false;
  bool unavailable = false;  // it could not be checked
  std::string name{};        // whom it is for, as it says
  std::string detail{};      // for the log, where it is not valid; never the token
};

class TokenChecker {
 public:
  virtual ~TokenChecker() = default;
  // Blocking; any thread, several at once. `now` is seconds since 1970.
  virtual TokenVerdict check(std::string_view token, std::int64_t now) = 0;
};

}  // namespace mailkeep::server
