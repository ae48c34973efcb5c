// ESEARCH (RFC 7377 2): searching several mailboxes at once.
#pragma once

#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/search/mailbox_filter.h"
#include "protocol/imap/search/return_options.h"
#include "protocol/imap/search/search_key.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

inline constexpr std::size_t kMaxSearchedMailboxes = 10'000;  // beyond: NO [LIMIT]

struct MultiSearchCommand {
  std::vector<MailboxFilter> sources;  // empty: the selected mailbox
  ReturnOptions options;
  SharedSearchProgram program;
};

Parsed<MultiSearchCommand> parse_multi_search(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const MultiSearchCommand& command);

}  // namespace mailkeep::imap
