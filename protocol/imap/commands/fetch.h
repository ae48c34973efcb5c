// FETCH, UID FETCH (RFC 9051 6.4.5, RFC 3501 6.4.5; CHANGEDSINCE and MODSEQ: RFC 7162 3.1.4;
// VANISHED: RFC 7162 3.2.6; PARTIAL: RFC 9394 3.3).
#pragma once

#include <expected>
#include <optional>
#include <string>

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
  bool vanished = false;
  std::optional<PlaceRange> partial;
};

// Sends the items of these messages of the selected mailbox. An error: what ends the command.
protocol::Awaitable<std::expected<void, Reply>> send_messages(Session& session,
                                                              const FetchItems& items,
                                                              store::UidSet uids);

// "* VANISHED (EARLIER) uids" (RFC 7162 3.2.10.1), nothing where there are none.
void write_vanished_earlier(std::string& out, const store::UidSet& uids);

Parsed<FetchCommand> parse_fetch(Decoder& decoder);
Parsed<FetchCommand> parse_uid_fetch(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const FetchCommand& command);

}  // namespace mailkeep::imap
