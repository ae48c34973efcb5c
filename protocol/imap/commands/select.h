// SELECT, EXAMINE (RFC 9051 6.3.2, 6.3.3; parameters CONDSTORE and QRESYNC: RFC
// 7162 3.1.8, 3.2.5) and UNSELECT (RFC 3691).
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/sequence_set.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

// The QRESYNC parameter (RFC 7162 3.2.5): what the client knows of the mailbox.
struct Resynchronization {
  std::uint32_t uid_validity = 0;
  store::Modseq modseq;
  std::optional<SequenceSet> uids;
  // Numbers and UIDs of some messages, pair by pair.
  std::optional<std::pair<SequenceSet, SequenceSet>> matches;
};

struct SelectCommand {
  std::string name;
  bool read_only = false;
  bool condstore = false;
  std::optional<Resynchronization> qresync;
};
struct UnselectCommand {};

Parsed<SelectCommand> parse_select(Decoder& decoder);
Parsed<SelectCommand> parse_examine(Decoder& decoder);
Parsed<UnselectCommand> parse_unselect(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const SelectCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const UnselectCommand& command);

}  // namespace mailkeep::imap
