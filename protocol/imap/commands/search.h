// SEARCH, UID SEARCH (RFC 9051 6.4.4, RFC 3501 6.4.4; MODSEQ: RFC 7162 3.1.5).
#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/sequence_set.h"
#include "protocol/stream.h"
#include "store/search_query.h"

namespace mailkeep::imap {

inline constexpr int kMaxSearchDepth = 50;    // nested NOT, OR and parentheses
inline constexpr int kMaxSearchKeys = 1'000;  // in one command

struct SearchCommand {
  bool by_uid = false;
  bool known_charset = true;  // else NO [BADCHARSET]
  bool uses_modseq = false;   // replies with the highest MODSEQ
  store::SearchQuery query;
  // The grammar's sets, to be resolved against the view: each stands for one SearchUids of the
  // query, in order of appearance.
  struct Set {
    SequenceSet set;
    bool by_uid = false;
  };
  std::vector<Set> sets;
  bool uses_recent = false;  // RECENT, NEW or OLD: see `SearchRecent` in the source
};

Parsed<SearchCommand> parse_search(Decoder& decoder);
Parsed<SearchCommand> parse_uid_search(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const SearchCommand& command);

}  // namespace mailkeep::imap
