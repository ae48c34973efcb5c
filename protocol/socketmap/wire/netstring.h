// Netstrings, "5:hello,", as Postfix's socketmap tables use them (socketmap_table(5)).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mailkeep::socketmap {

// Postfix sends the name of a map and an address; replies of its maps are at most 100,000 octets.
inline constexpr std::size_t kMaxRequestBytes = 4096;
inline constexpr std::size_t kMaxReplyBytes = 100'000;

struct NeedMore {};
struct BadInput {};  // no netstring, or one that is too long: end the connection
struct Request {
  std::string map;
  std::string key;
};
using RequestEvent = std::variant<NeedMore, BadInput, Request>;

// Takes the next request off the start of `input`.
RequestEvent take_request(std::string& input);

std::string netstring(std::string_view text);

}  // namespace mailkeep::socketmap
