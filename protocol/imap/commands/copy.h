// COPY, UID COPY (RFC 9051 6.4.7) and MOVE, UID MOVE (RFC 6851).
#pragma once

#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/sequence_set.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct CopyCommand {
  SequenceSet set;
  bool by_uid = false;
  std::string destination;
  bool move = false;
};

Parsed<CopyCommand> parse_copy(Decoder& decoder);
Parsed<CopyCommand> parse_uid_copy(Decoder& decoder);
Parsed<CopyCommand> parse_move(Decoder& decoder);
Parsed<CopyCommand> parse_uid_move(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const CopyCommand& command);

}  // namespace mailkeep::imap
