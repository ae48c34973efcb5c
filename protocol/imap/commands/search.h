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

// The grammar's search-key: like store::SearchQuery, but with what only a session knows still
// unresolved (sets of sequence numbers, \Recent).
struct SearchKey;
struct SearchSet {
  SequenceSet set;
  bool by_uid = false;
};
struct SearchRecent {
  bool recent = true;  // else OLD
};
struct SearchKeyNot {
  std::unique_ptr<SearchKey> operand;
};
struct SearchKeyOr {
  std::unique_ptr<SearchKey> left;
  std::unique_ptr<SearchKey> right;
};
struct SearchKeyAnd {
  std::vector<SearchKey> operands;
};
struct SearchKey {
  std::variant<store::SearchAll, store::SearchFlags, store::SearchKeyword, store::SearchDate,
               store::SearchSize, store::SearchModseq, store::SearchHeader, store::SearchText,
               SearchSet, SearchRecent, SearchKeyNot, SearchKeyOr, SearchKeyAnd>
      key;
};

struct SearchCommand {
  bool by_uid = false;
  std::string charset = "UTF-8";
  bool known_charset = true;  // else NO [BADCHARSET]
  bool uses_modseq = false;   // the reply has the highest MODSEQ of what was found
  SearchKey key;
};

Parsed<SearchCommand> parse_search(Decoder& decoder);
Parsed<SearchCommand> parse_uid_search(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const SearchCommand& command);

}  // namespace mailkeep::imap
