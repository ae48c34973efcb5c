// FETCH, UID FETCH (RFC 9051 6.4.5, RFC 3501 6.4.5; CHANGEDSINCE and MODSEQ: RFC 7162 3.1.4).
#pragma once

#include <optional>

#include "protocol/imap/fetch/fetch_items.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/sequence_set.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct FetchCommand {
  SequenceSet set;
  bool by_uid = false;
  FetchItems items;
  std::optional<store::Modseq> changed_since;
};

Parsed<FetchCommand> parse_fetch(Decoder& decoder);
Parsed<FetchCommand> parse_uid_fetch(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const FetchCommand& command);

}  // namespace mailkeep::imap
