// IMAP URLs of messages and their parts (RFC 5092 6, 7), as CATENATE takes them (RFC 4469, RFC
// 5550 5.7.1). Only what such a URL says; what it means is the caller's.
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

}  // namespace mailkeep::imap
