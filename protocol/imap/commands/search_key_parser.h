// The keys of SEARCH (RFC 9051 9 search-key, RFC 3501 9).
#pragma once

#include <string>

#include "protocol/imap/commands/search.h"
#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

// Parses search-key *(SP search-key). Strings are taken to be in `charset`, which is known.
// `uses_modseq` is set where a MODSEQ key is met.
class SearchKeyParser {
 public:
  SearchKeyParser(Decoder& decoder, std::string charset)
      : decoder_(decoder), charset_(std::move(charset)) {}

  Parsed<SearchKey> keys();
  bool uses_modseq() const { return uses_modseq_; }

 private:
  Parsed<SearchKey> key();
  Parsed<SearchKey> group();
  Parsed<SearchKey> named(const std::string& name);
  Parsed<SearchKey> modseq();
  Parsed<SearchKey> negation();
  Parsed<SearchKey> alternative();
  Parsed<SearchKey> header(std::string field);
  Parsed<SearchKey> text(bool with_headers);
  Parsed<SearchKey> keyword(bool set);
  Parsed<SearchKey> date(store::DateOf date, store::DateRelation relation);
  Parsed<SearchKey> size(bool larger);
  Parsed<SearchKey> uids();
  Parsed<std::string> argument();  // SP astring, as UTF-8

  Decoder& decoder_;
  std::string charset_;
  bool uses_modseq_ = false;
  int depth_ = 0;
  int count_ = 0;
};

}  // namespace mailkeep::imap
