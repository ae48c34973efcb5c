// REPLACE and UID REPLACE (RFC 8508): an APPEND that takes the place of a message of the selected
// mailbox. Their texts stream like those of APPEND.
#pragma once

#include "protocol/imap/commands/append_parser.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

// One whose message is made of URLs alone: nothing streams.
struct ReplaceCommand {
  AppendParser parser;
};

Parsed<ReplaceCommand> parse_replace(Decoder& decoder);
Parsed<ReplaceCommand> parse_uid_replace(Decoder& decoder);
protocol::Awaitable<Reply> handle(Session& session, const ReplaceCommand& command);

}  // namespace mailkeep::imap
