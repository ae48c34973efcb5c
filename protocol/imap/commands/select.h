// SELECT, EXAMINE (RFC 9051 6.3.2, 6.3.3; CONDSTORE parameter: RFC 7162 3.1.8) and UNSELECT (RFC
// 3691).
#pragma once

#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct SelectCommand {
  std::string name;
  bool read_only = false;
  bool condstore = false;
};
struct UnselectCommand {};

Parsed<SelectCommand> parse_select(Decoder& decoder);
Parsed<SelectCommand> parse_examine(Decoder& decoder);
Parsed<UnselectCommand> parse_unselect(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const SelectCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const UnselectCommand& command);

}  // namespace mailkeep::imap
