// LMTP's replies (RFC 5321 4.2) with enhanced status codes (RFC 2034, RFC 3463).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailkeep::lmtp {

// Texts are ours or an address: no line ends. Lines stay below the 512 octets of RFC 5321
// 4.5.3.1.5 but for addresses that are very long themselves.
struct Reply {
  int code = 250;
  std::string_view enhanced;  // "2.1.0", a literal; empty in the greeting and the replies of LHLO
  std::string text;
};

void write_reply(std::string& out, const Reply& reply);

// Several lines of one code, without enhanced codes (RFC 5321 4.1.1.1 ehlo-ok-rsp).
void write_lines(std::string& out, int code, const std::vector<std::string>& lines);

}  // namespace mailkeep::lmtp
