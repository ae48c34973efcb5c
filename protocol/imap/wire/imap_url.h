// IMAP URLs of messages and their parts (RFC 5092 6, 7), as CATENATE takes them (RFC 4469, RFC
// 5550 5.7.1), and those that authorize somebody (RFC 4467). Only what such a URL says; what it
// means is the caller's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailkeep::imap {

struct MessageUrl {
  struct Partial {
    std::uint32_t offset = 0;
    std::optional<std::uint32_t> octets;  // to the end where there is none; not 0
  };

  bool absolute = false;   // has a server: "imap://" or "//"
  std::string user;        // empty where it says none
  std::string server;      // host with its port, as written
  std::string mailbox;     // UTF-8; empty: the base's
  bool from_root = false;  // the path begins with '/': `mailbox` does not depend on the base
  std::optional<std::uint32_t> uid_validity;
  std::uint32_t uid = 0;
  std::string section;  // section-spec; empty: the whole message
  std::optional<Partial> partial;
};

inline constexpr std::size_t kMaxUrlBytes = 8 * 1024;

// Nothing where it is no URL of a message or a part of one, or longer than kMaxUrlBytes.
std::optional<MessageUrl> parse_message_url(std::string_view url);

// Who may use a URL (RFC 4467 3).
enum class UrlAccess : std::uint8_t { submit, user, authuser, anonymous };

struct AuthorizedUrl {
  MessageUrl message;                   // absolute, with a user
  std::optional<std::int64_t> expires;  // seconds since 1970
  UrlAccess access = UrlAccess::anonymous;
  std::string user;       // of submit and user
  std::string_view rump;  // what the token is of: all but ":<mech>:<token>"
  std::string mechanism;  // upper case; empty in a rump
  std::string token;      // lower case
};

// authimapurlfull, or authimapurlrump, which has no mechanism and no token (RFC 4467 9). The rump
// points into `url`. Nothing where it is none, or longer than kMaxUrlBytes.
std::optional<AuthorizedUrl> parse_authorized_url(std::string_view url, bool is_rump);

}  // namespace mailkeep::imap
