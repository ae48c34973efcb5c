// SEARCH, UID SEARCH (RFC 9051 6.4.4, RFC 3501 6.4.4; MODSEQ: RFC 7162 3.1.5; RETURN: RFC 4731).
#pragma once

#include "protocol/imap/reply.h"
#include "protocol/imap/search/return_options.h"
#include "protocol/imap/search/search_key.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct SearchCommand {
  bool by_uid = false;
  ReturnOptions options;
  SharedSearchProgram program;
};

Parsed<SearchCommand> parse_search(Decoder& decoder);
Parsed<SearchCommand> parse_uid_search(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const SearchCommand& command);

}  // namespace mailkeep::imap
