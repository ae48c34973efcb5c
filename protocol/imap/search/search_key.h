// What SEARCH, SORT, THREAD and ESEARCH look for, as the grammar has it (RFC 9051 9 search-key):
// like store::SearchQuery, but with what only a session knows still unresolved (sets of sequence
// numbers, \Recent, the time now, object identifiers, filters).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/imap/wire/sequence_set.h"
#include "store/search_query.h"

namespace mailkeep::imap {

inline constexpr int kMaxSearchDepth = 50;    // nested NOT, OR, FUZZY and parentheses
inline constexpr int kMaxSearchKeys = 1'000;  // in one command, those of its filters counted

struct SearchKey;
struct SearchSet {
  SequenceSet set;
  bool by_uid = false;
};
struct SearchRecent {
  bool recent = true;  // else OLD
};
// RFC 5032 2
struct SearchAge {
  bool older = true;  // else YOUNGER
  std::uint32_t seconds = 0;
};
// RFC 8474 6: "EMAILID" and "THREADID"
struct SearchObjectId {
  bool thread = false;
  std::string id;
};
// RFC 5466 3.1
struct SearchFilter {
  std::string name;
};
struct SearchKeyNot {
  std::unique_ptr<SearchKey> operand;
};
// RFC 6203 3
struct SearchFuzzy {
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
               SearchSet, SearchRecent, SearchAge, SearchObjectId, SearchFilter, SearchFuzzy,
               SearchKeyNot, SearchKeyOr, SearchKeyAnd>
      key;
};

// search-program (RFC 4466 6): [CHARSET SP charset SP] search-key *(SP search-key)
struct SearchProgram {
  std::string charset = "UTF-8";
  bool known_charset = true;  // else NO [BADCHARSET]; there is no key then
  SearchKey key;
  bool uses_modseq = false;  // the reply has the highest MODSEQ of what was found
  bool uses_fuzzy = false;
  bool uses_filters = false;
};
// An update context keeps the program of its command.
using SharedSearchProgram = std::shared_ptr<const SearchProgram>;
inline SharedSearchProgram share(SearchProgram program) {
  return std::make_shared<const SearchProgram>(std::move(program));
}

}  // namespace mailkeep::imap
