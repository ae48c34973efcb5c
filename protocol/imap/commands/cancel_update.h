// CANCELUPDATE (RFC 5267 4.3.5): ends the updates of searches.
#pragma once

#include <string>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct CancelUpdateCommand {
  std::vector<std::string> tags;
};

Parsed<CancelUpdateCommand> parse_cancel_update(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const CancelUpdateCommand& command);

}  // namespace mailkeep::imap
