// From the grammar's search keys to the store's query: what only the session knows is put in.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/search/search_key.h"
#include "store/search_query.h"
#include "store/types.h"
#include "store/uid_map.h"

namespace mailkeep::imap {

// Filters by name in lower case (RFC 5466; RFC 5464 3.2), parsed.
using FilterMap = std::map<std::string, SearchKey, std::less<>>;

// The key of a filter's name.
std::string filter_key(std::string_view name);

// What sequence numbers and "$" meant when a command came (RFC 5267 4.3), in the order in which its
// keys are resolved.
struct FrozenSets {
  std::vector<store::UidSet> sets;
  std::optional<std::size_t> next;  // the next one to use; nothing: they are being kept
};

// The mailbox that keys are to be resolved for. All of it must stay meanwhile.
struct SearchScope {
  const store::UidMap& uids;
  const store::UidSet& recent;
  const store::UidSet* saved = nullptr;  // what "$" stands for; null: nothing
  const FilterMap* filters = nullptr;    // null: there are none
  store::AccountId account;
  std::int64_t now = 0;  // seconds since 1970
  store::Comparator comparator = store::Comparator::unicode_casemap;
  FrozenSets* frozen = nullptr;
};

// How strings below FUZZY match (RFC 6203 3): as they stand, all their words, or one of them.
enum class Fuzziness : std::uint8_t { exact, all_words, some_words };

struct UndefinedFilter {
  std::string name;
};

inline constexpr int kMaxFilterDepth = 10;  // filters in filters

// A number beyond the last message matches nothing (RFC 7377 2). Fails for a filter that is not
// there, and, as RFC 5466 3.1 asks, for filters that are in themselves or hold too many keys.
std::expected<store::SearchQuery, UndefinedFilter> resolve_query(
    const SearchKey& key, const SearchScope& scope, Fuzziness fuzziness = Fuzziness::exact);

}  // namespace mailkeep::imap
