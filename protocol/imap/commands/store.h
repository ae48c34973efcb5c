// STORE, UID STORE (RFC 9051 6.4.6; UNCHANGEDSINCE: RFC 7162 3.1.3).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/sequence_set.h"
#include "protocol/stream.h"
#include "store/account.h"

namespace mailkeep::imap {

struct StoreCommand {
  SequenceSet set;
  bool by_uid = false;
  std::optional<store::Modseq> unchanged_since;
  store::FlagOperation operation = store::FlagOperation::replace;
  bool silent = false;
  store::FlagSet flags;
};

Parsed<StoreCommand> parse_store(Decoder& decoder);
Parsed<StoreCommand> parse_uid_store(Decoder& decoder);

// How one STORE of a batch ended: what to send before its tagged reply, and that.
struct StoreOutcome {
  std::string untagged;
  Reply reply;
};

// Runs pipelined STOREs together, in one transaction of the store; one outcome each, in order.
protocol::Awaitable<std::vector<StoreOutcome>> handle_stores(
    Session& session, std::span<const StoreCommand* const> commands);

protocol::Awaitable<Reply> handle(Session& session, const StoreCommand& command);

}  // namespace mailkeep::imap
