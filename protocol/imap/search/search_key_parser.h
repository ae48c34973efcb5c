// The keys of SEARCH (RFC 9051 9 search-key, RFC 3501 9) and the program that holds them.
#pragma once

#include <string>

#include "protocol/imap/search/search_key.h"
#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

// search-program: behind its leading SP, to the end of the command.
Parsed<SearchProgram> parse_search_program(Decoder& decoder);
// SP charset SP search-key *(SP search-key): SORT and THREAD name the charset always (RFC 5256 5).
Parsed<SearchProgram> parse_sorted_program(Decoder& decoder);

// Parses search-key *(SP search-key). Strings are taken to be in `charset`, which is known.
class SearchKeyParser {
 public:
  SearchKeyParser(Decoder& decoder, std::string charset)
      : decoder_(decoder), charset_(std::move(charset)) {}

  Parsed<SearchKey> keys();
  // What was met in them.
  bool uses_modseq() const { return uses_modseq_; }
  bool uses_fuzzy() const { return uses_fuzzy_; }
  bool uses_filters() const { return uses_filters_; }

 private:
  Parsed<SearchKey> key();
  Parsed<SearchKey> group();
  Parsed<SearchKey> named(const std::string& name);
  Parsed<SearchKey> named_extension(const std::string& name);
  Parsed<SearchKey> modseq();
  Parsed<SearchKey> negation();
  Parsed<SearchKey> alternative();
  Parsed<SearchKey> header(std::string field, bool in_addresses);
  Parsed<SearchKey> text(bool with_headers);
  Parsed<SearchKey> keyword(bool set);
  Parsed<SearchKey> date(store::DateOf date, store::DateRelation relation);
  Parsed<SearchKey> size(bool larger);
  Parsed<SearchKey> uids();
  Parsed<SearchKey> uids_beyond(bool after);
  Parsed<SearchKey> age(bool older);
  Parsed<SearchKey> object_id(bool thread);
  Parsed<SearchKey> filter();
  Parsed<SearchKey> fuzzy();
  Parsed<std::string> argument();  // SP astring, as UTF-8

  Decoder& decoder_;
  std::string charset_;
  bool uses_modseq_ = false;
  bool uses_fuzzy_ = false;
  bool uses_filters_ = false;
  int depth_ = 0;
  int count_ = 0;
};

}  // namespace mailkeep::imap
