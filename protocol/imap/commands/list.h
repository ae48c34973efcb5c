// LIST (RFC 3501 6.3.8, with CHILDREN of RFC 3348 and special uses of RFC 6154) and LSUB (RFC
// 3501 6.3.9).
#pragma once

#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

// As the client wrote them: patterns are matched with names as they are on the wire, so that a
// wildcard may cut through modified UTF-7.
struct ListCommand {
  std::string reference;
  std::string pattern;
};
struct LsubCommand {
  std::string reference;
  std::string pattern;
};

Parsed<ListCommand> parse_list(Decoder& decoder);
Parsed<LsubCommand> parse_lsub(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const ListCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const LsubCommand& command);

}  // namespace mailkeep::imap
