// EXPUNGE, CLOSE (RFC 9051 6.4.3, 6.4.1) and UID EXPUNGE (RFC 4315 2.1).
#pragma once

#include <optional>
#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/sequence_set.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct ExpungeCommand {
  std::optional<SequenceSet> uids;  // UID EXPUNGE only
};
struct CloseCommand {};

Parsed<ExpungeCommand> parse_expunge(Decoder& decoder);
Parsed<ExpungeCommand> parse_uid_expunge(Decoder& decoder);
Parsed<CloseCommand> parse_close(Decoder& decoder);

// The OK of a command that expunged messages, with HIGHESTMODSEQ for clients that need it (RFC
// 7162 3.2.7): tells what is gone first. `limited`: the response code of a command that did not
// work on all messages (RFC 9738), else empty.
protocol::Awaitable<Reply> reply_after_expunge(Session& session, std::string text,
                                               std::string limited);

protocol::Awaitable<Reply> handle(Session& session, const ExpungeCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const CloseCommand& command);

}  // namespace mailkeep::imap
