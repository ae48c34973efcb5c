// Addresses of the envelope (RFC 5321 4.1.2, RFC 6531 3.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::lmtp {

// RFC 5321 4.5.3.1.3: the longest path.
inline constexpr std::size_t kMaxAddressBytes = 512;

struct Address {
  std::string local_part;  // without its quotes
  std::string domain;      // as written; empty where there was none ("postmaster", local users)

  bool empty() const { return local_part.empty(); }  // the reverse-path <>
  // In the form of the envelope: quoted again where that is needed.
  std::string text() const;
  bool is_ascii() const;

  friend bool operator==(const Address&, const Address&) = default;
};

// Takes a path off the start of `text`: "<" [source route ":"] mailbox ">". Where `may_be_empty`,
// "<>" too. A mailbox without a domain is taken, dots may stand anywhere in a local part, and a
// domain may hold underscores: mail servers hand all of these on.
std::optional<Address> take_path(std::string_view& text, bool may_be_empty);

// A whole mailbox without brackets, as configuration and command lines write it.
std::optional<Address> parse_mailbox(std::string_view text);

}  // namespace mailkeep::lmtp
