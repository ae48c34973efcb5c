// STATUS (RFC 9051 6.3.11, RFC 3501 6.3.10, HIGHESTMODSEQ of RFC 7162 3.1.7).
#pragma once

#include <string>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

enum class StatusItem : std::uint8_t {
  messages,
  recent,
  uid_next,
  uid_validity,
  unseen,
  highest_modseq,
  size,
  deleted,
};

struct StatusCommand {
  std::string name;
  std::vector<StatusItem> items;
};

Parsed<StatusCommand> parse_status(Decoder& decoder);
protocol::Awaitable<Reply> handle(Session& session, const StatusCommand& command);

}  // namespace mailkeep::imap
