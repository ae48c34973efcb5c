// Whether a message matches a SearchQuery. What needs only its row is asked first, then what needs
// its header, then what needs its text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mime/structure.h"
#include "store/message_reader.h"
#include "store/search_query.h"
#include "store/search_text.h"
#include "store/sqlite/database.h"
#include "store/structure_maker.h"
#include "store/text_index.h"

namespace mailkeep::store {

struct MessageRow;

// One message at a time, as much of it as is asked for. Throws sqlite::Error where it is damaged,
// and TimeBudgetPassed.
class SearchedMessage {
 public:
  SearchedMessage(sqlite::Database& database, const Parsing& parsing)
      : database_(database), parsing_(parsing), budget_(parsing.budget), reader_(database) {}

  void select(const MessageRow& row);
  const MessageRow& row() const { return *row_; }
  // By the calendar of the zone that its Date field names; nothing where it has no date.
  std::optional<std::int64_t> sent_day();
  // RFC 8474 5.2; ThreadId{0} where it is not known yet.
  ThreadId thread();
  // Its first octets: the header, up to 1 MiB.
  std::string_view head();
  // Whether the decoded texts of its parts, or their header fields, hold the needle.
  bool text_holds(const Needle& needle);
  // Gives the headers and texts to `visitor` until it says to stop, which is true.
  bool visit_texts(TextVisitor& visitor, bool with_header,
                   Comparator comparator = Comparator::unicode_casemap);

 private:
  mime::Structure structure();
  bool visit_part(const mime::Part& part, TextVisitor& visitor, Comparator comparator);
  // In the place of what octets_ held.
  void read(std::uint64_t offset, std::uint64_t length);

  sqlite::Database& database_;
  const Parsing& parsing_;
  TimeBudget budget_;
  MessageReader reader_;
  const MessageRow* row_ = nullptr;
  std::string octets_;
  std::string decoded_;
  std::string folded_;
};

class SearchMatcher {
 public:
  // `keywords` are the mailbox's, in the order of their bits. `index` is asked for candidates here
  // and not kept; null where there is none.
  SearchMatcher(const SearchQuery& query, const std::vector<std::string>& keywords,
                TextIndex* index = nullptr);
  ~SearchMatcher();

  bool matches(SearchedMessage& message) const;
  // False: the message cannot match, as the index says.
  bool may_match(MessageId message) const;

 private:
  struct Node;
  static std::unique_ptr<Node> compile(const SearchQuery& query,
                                       const std::vector<std::string>& keywords, TextIndex* index);
  static bool matches(const Node& node, SearchedMessage& message);
  static bool may_match(const Node& node, MessageId message);

  std::unique_ptr<Node> root_;
};

// Whether the query asks for conversations.
bool asks_for_threads(const SearchQuery& query);

// Whether searched_uids() is the whole answer, as far as the messages exist.
bool asks_for_uids_only(const SearchQuery& query);

}  // namespace mailkeep::store
