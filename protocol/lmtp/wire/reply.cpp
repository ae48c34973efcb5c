#include "protocol/lmtp/wire/reply.h"

namespace mailkeep::lmtp {

void write_reply(std::string& out, const Reply& reply) {
  out.append(std::to_string(reply.code)).push_back(' ');
  if (!reply.enhanced.empty()) out.append(reply.enhanced).push_back(' ');
  out.append(reply.text).append("\r\n");
}

void write_lines(std::string& out, int code, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out.append(std::to_string(code)).push_back(i + 1 == lines.size() ? ' ' : '-');
    out.append(lines[i]).append("\r\n");
  }
}

}  // namespace mailkeep::lmtp
