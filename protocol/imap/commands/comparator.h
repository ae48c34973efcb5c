// COMPARATOR (RFC 5255 4.7): which comparator strings are compared by: i;unicode-casemap (RFC
// 5051), the default, i;ascii-casemap or i;octet (RFC 4790 9).
#pragma once

#include <string>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct ComparatorCommand {
  std::vector<std::string> wanted;  // collation-order patterns (RFC 4790 3.2), best first
};

Parsed<ComparatorCommand> parse_comparator(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const ComparatorCommand& command);

}  // namespace mailkeep::imap
