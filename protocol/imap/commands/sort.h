// SORT, UID SORT (RFC 5256 3; RETURN: RFC 5267 3; MODSEQ: RFC 7162 7 sort-data).
#pragma once

#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/search/return_options.h"
#include "protocol/imap/search/search_key.h"
#include "protocol/imap/state.h"
#include "protocol/imap/thread/sort_order.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct SortCommand {
  bool by_uid = false;
  ReturnOptions options;
  std::vector<SortCriterion> criteria;
  SharedSearchProgram program;
};

Parsed<SortCommand> parse_sort(Decoder& decoder);
Parsed<SortCommand> parse_uid_sort(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const SortCommand& command);

}  // namespace mailkeep::imap
