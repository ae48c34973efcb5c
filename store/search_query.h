// What to look for in a mailbox, in the store's terms: UIDs, never sequence numbers. The grammar's
// SEARCH (RFC 9051 6.4.4) is resolved into this by the session.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "store/comparator.h"
#include "store/types.h"

namespace mailkeep::store {

struct SearchQuery;

struct SearchAll {};
struct SearchUids {
  UidSet uids;
};
// All of `set` are set and none of `clear`.
struct SearchFlags {
  FlagBits set = 0;
  FlagBits clear = 0;
};
// A keyword by name; a keyword the mailbox does not know is set nowhere.
struct SearchKeyword {
  std::string name;
  bool set = true;
};
enum class DateOf : std::uint8_t { internal_date, sent, saved };
enum class DateRelation : std::uint8_t { before, on, since };
struct SearchDate {
  DateOf date;
  DateRelation relation;
  std::int64_t day;  // days since 1970-01-01
};
struct SearchSize {
  bool larger;  // else smaller
  std::uint64_t octets;
};
struct SearchModseq {
  Modseq at_least;  // RFC 7162 3.1.5
};
// INTERNALDATE to the second, inclusive: since `seconds`, else up to it (RFC 5032 3).
struct SearchArrival {
  bool since;
  std::int64_t seconds;
};
// The message itself and its copies (RFC 8474 5.1).
struct SearchEmailId {
  MessageId message;
};
struct SearchThreadId {
  ThreadId thread;  // RFC 8474 5.2
};
// Substring of a header field, decoded, by the comparator. An empty needle: the field exists.
struct SearchHeader {
  std::string field;
  std::string needle;  // UTF-8, not folded
  Comparator comparator = Comparator::unicode_casemap;
  // Or of its addresses as ENVELOPE shows them (RFC 9051 6.4.4 FROM, TO, CC, BCC).
  bool in_addresses = false;
};
struct SearchText {
  bool with_headers;   // TEXT; else BODY
  std::string needle;  // UTF-8, not folded
  Comparator comparator = Comparator::unicode_casemap;
};
struct SearchNot {
  std::unique_ptr<SearchQuery> operand;
};
struct SearchOr {
  std::unique_ptr<SearchQuery> left;
  std::unique_ptr<SearchQuery> right;
};
struct SearchAnd {
  std::vector<SearchQuery> operands;
};

struct SearchQuery {
  std::variant<SearchAll, SearchUids, SearchFlags, SearchKeyword, SearchDate, SearchSize,
               SearchModseq, SearchArrival, SearchEmailId, SearchThreadId, SearchHeader, SearchText,
               SearchNot, SearchOr, SearchAnd>
      key;
};

// The only UIDs that can match, as far as the query's outermost keys say.
UidSet searched_uids(const SearchQuery& query);

}  // namespace mailkeep::store
