// LIST (RFC 3501 6.3.8, with CHILDREN of RFC 3348 and special uses of RFC 6154; extended: RFC
// 5258, RFC 5819, RFC 8440) and LSUB (RFC 3501 6.3.9).
#pragma once

#include <string>

#include "protocol/imap/commands/listing.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

inline constexpr std::size_t kMaxListPatterns = 100;  // in one LIST

struct ListCommand {
  ListQuery query;
};
// As the client wrote them, like those of LIST.
struct LsubCommand {
  std::string reference;
  std::string pattern;
};

Parsed<ListCommand> parse_list(Decoder& decoder);
Parsed<LsubCommand> parse_lsub(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const ListCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const LsubCommand& command);

}  // namespace mailkeep::imap
