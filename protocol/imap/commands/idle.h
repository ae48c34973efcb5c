// IDLE (RFC 2177).
#pragma once

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct IdleCommand {};

Parsed<IdleCommand> parse_idle(Decoder& decoder);
protocol::Awaitable<Reply> handle(Session& session, const IdleCommand& command);

}  // namespace mailkeep::imap
