// THREAD, UID THREAD (RFC 5256 3, draft-ietf-morg-inthread 5).
#pragma once

#include "protocol/imap/reply.h"
#include "protocol/imap/search/search_key.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

enum class ThreadAlgorithm : std::uint8_t { ordered_subject, references, refs };

struct ThreadCommand {
  bool by_uid = false;
  ThreadAlgorithm algorithm = ThreadAlgorithm::references;
  SharedSearchProgram program;
};

Parsed<ThreadCommand> parse_thread(Decoder& decoder);
Parsed<ThreadCommand> parse_uid_thread(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const ThreadCommand& command);

}  // namespace mailkeep::imap
