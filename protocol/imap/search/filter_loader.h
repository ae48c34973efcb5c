// Filters (RFC 5466): searches that the user keeps by name in annotations of the account,
// "/private/filters/values/<name>" or else "/shared/filters/values/<name>".
//
// Reads from the store. Lives on one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/search/query_resolver.h"
#include "protocol/imap/search/search_key.h"
#include "protocol/imap/wire/grammar.h"
#include "store/account.h"

namespace mailkeep::imap {

inline constexpr std::size_t kMaxFilters = 100;  // of one command, those in filters counted

class FilterLoader {
 public:
  // Filters are parsed by `grammar` and added to `filters`.
  FilterLoader(store::Account& account, const Grammar& grammar, FilterMap& filters)
      : account_(account), grammar_(grammar), filters_(filters) {}

  // The filters that `key` names, and those that they name. What is not there, is not a search, or
  // is one too many is left out.
  void load(const SearchKey& key);

 private:
  void note_names(const SearchKey& key);
  std::optional<std::string> value_of(const std::string& name);

  store::Account& account_;
  const Grammar& grammar_;
  FilterMap& filters_;
  std::vector<std::string> waiting_;  // names that were met
};

}  // namespace mailkeep::imap
