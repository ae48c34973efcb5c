// Fills an account's TextIndex, a few messages at a time. Used by one thread at a time.
//
// New messages are gathered into small segments, so that little is left to be looked into by every
// search; when those are many, their messages are read again into a big one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "store/search_matcher.h"
#include "store/sqlite/database.h"
#include "store/text_index.h"

namespace mailkeep::store {

class TextIndexer {
 public:
  // Both must outlive it.
  TextIndexer(TextIndex& index, const Parsing& parsing) : index_(index), parsing_(parsing) {}

  // Works until `until`, or there is nothing to do, which is false. `database` is the account's, in
  // a read transaction. A message that is damaged, or that our code fails at, costs a search a look
  // and nothing else. Throws sqlite::Error for the machine's failures, and for a damaged index.
  bool run(sqlite::Database& database, std::chrono::steady_clock::time_point until);

 private:
  bool begin_segment(sqlite::Database& database);
  void index_message(SearchedMessage& message, std::string_view hash);
  bool is_of_this_account(sqlite::Database& database) const;

  TextIndex& index_;
  const Parsing& parsing_;
  TextIndex::State state_;
  bool checked_ = false;
  std::optional<TextSegment> segment_;  // being gathered
  bool is_big_ = false;
  std::vector<std::uint64_t> met_;  // a bit a trigram: those of the message at hand
};

}  // namespace mailkeep::store
