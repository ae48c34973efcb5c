#include "server/migration/keyword_limit.h"

#include <algorithm>

#include "protocol/imap/wire/characters.h"

namespace mailkeep::server {

std::string KeywordLimit::apply(store::FlagSet& flags) {
  std::string left_out;
  std::erase_if(flags.keywords, [&](const std::string& keyword) {
    if (take(keyword)) return false;
    if (left_out.empty()) left_out = keyword.substr(0, store::kMaxKeywordBytes);
    return true;
  });
  return left_out;
}

bool KeywordLimit::take(const std::string& keyword) {
  for (const std::string& name : known_) {
    if (imap::equal_ignoring_case(name, keyword)) return true;
  }
  // RFC 9051 9: flag-keyword is an atom.
  const bool valid =
      keyword.size() <= store::kMaxKeywordBytes && imap::all_are(keyword, imap::character::atom);
  if (!valid || known_.size() >= store::kMaxKeywords) return false;
  known_.push_back(keyword);
  return true;
}

}  // namespace mailkeep::server
