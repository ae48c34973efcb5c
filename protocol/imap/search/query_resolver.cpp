#include "protocol/imap/search/query_resolver.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "store/object_id.h"

namespace mailkeep::imap {
namespace {

using store::SearchQuery;

constexpr int kMaxWords = 20;  // of one fuzzy string; the rest of it does not matter

SearchQuery nothing() {
  return SearchQuery{store::SearchUids{}};
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while (at < text.size() && words.size() < kMaxWords) {
    at = text.find_first_not_of(" \t\r\n", at);
    if (at == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n", at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

}  // namespace

std::string filter_key(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

namespace {

class Resolver {
 public:
  Resolver(const SearchScope& scope, Fuzziness fuzziness) : scope_(scope), fuzziness_(fuzziness) {}

  SearchQuery resolve(const SearchKey& key) {
    if (++count_ > kMaxSearchKeys && filter_depth_ > 0) return undefined(filter_);
    return std::visit([this](const auto& value) { return (*this)(value); }, key.key);
  }

  const std::optional<UndefinedFilter>& error() const { return error_; }

  template <class Simple>
  SearchQuery operator()(const Simple& simple) const {
    return SearchQuery{simple};
  }
  SearchQuery operator()(const store::SearchHeader& key) { return by_words(key); }
  SearchQuery operator()(const store::SearchText& key) { return by_words(key); }
  SearchQuery operator()(const SearchSet& key) const {
    if (key.by_uid && !key.set.is_saved_result()) {
      return SearchQuery{store::SearchUids{key.set.uids_by_uid(scope_.uids)}};
    }
    return SearchQuery{store::SearchUids{numbered(key.set)}};
  }
  SearchQuery operator()(const SearchRecent& key) const {
    SearchQuery recent{store::SearchUids{scope_.recent}};
    if (key.recent) return recent;
    return SearchQuery{store::SearchNot{std::make_unique<SearchQuery>(std::move(recent))}};
  }
  SearchQuery operator()(const SearchAge& key) const {
    return SearchQuery{
        store::SearchArrival{!key.older, scope_.now - static_cast<std::int64_t>(key.seconds)}};
  }
  SearchQuery operator()(const SearchObjectId& key) const {
    if (key.thread) {
      const auto thread = store::thread_of(scope_.account, key.id);
      return thread ? SearchQuery{store::SearchThreadId{*thread}} : nothing();
    }
    const auto message = store::message_of(scope_.account, key.id);
    return message ? SearchQuery{store::SearchEmailId{*message}} : nothing();
  }
  SearchQuery operator()(const SearchFilter& key) {
    if (!scope_.filters || filter_depth_ >= kMaxFilterDepth) return undefined(key.name);
    const auto found = scope_.filters->find(filter_key(key.name));
    if (found == scope_.filters->end()) return undefined(key.name);
    filter_ = key.name;
    ++filter_depth_;
    SearchQuery query = resolve(found->second);
    --filter_depth_;
    return query;
  }
  SearchQuery operator()(const SearchFuzzy& key) {
    const bool before = std::exchange(fuzzy_, true);
    SearchQuery query = resolve(*key.operand);
    fuzzy_ = before;
    return query;
  }
  SearchQuery operator()(const SearchKeyNot& key) {
    // What looks alike is not what was to be left out.
    const bool before = std::exchange(fuzzy_, false);
    SearchQuery operand = resolve(*key.operand);
    fuzzy_ = before;
    return SearchQuery{store::SearchNot{std::make_unique<SearchQuery>(std::move(operand))}};
  }
  SearchQuery operator()(const SearchKeyOr& key) {
    return either(resolve(*key.left), resolve(*key.right));
  }
  SearchQuery operator()(const SearchKeyAnd& key) {
    store::SearchAnd all;
    all.operands.reserve(key.operands.size());
    for (const SearchKey& operand : key.operands) all.operands.push_back(resolve(operand));
    return SearchQuery{std::move(all)};
  }

 private:
  // What changes its meaning as messages come and go.
  store::UidSet numbered(const SequenceSet& set) const {
    FrozenSets* frozen = scope_.frozen;
    if (frozen && frozen->next) return frozen->sets.at((*frozen->next)++);
    store::UidSet uids;
    if (!set.is_saved_result()) {
      uids = set.uids_by_sequence_within(scope_.uids);
    } else if (scope_.saved) {
      uids = scope_.uids.intersection(*scope_.saved);
    }
    if (frozen) frozen->sets.push_back(uids);
    return uids;
  }

  static SearchQuery either(SearchQuery left, SearchQuery right) {
    return SearchQuery{store::SearchOr{std::make_unique<SearchQuery>(std::move(left)),
                                       std::make_unique<SearchQuery>(std::move(right))}};
  }

  SearchQuery undefined(std::string_view name) {
    if (!error_) error_ = UndefinedFilter{std::string(name)};
    return nothing();
  }

  template <class Key>
  SearchQuery by_words(Key key) {
    key.comparator = scope_.comparator;
    if (!fuzzy_ || fuzziness_ == Fuzziness::exact) return SearchQuery{std::move(key)};
    const auto words = words_of(key.needle);
    if (words.size() < 2) return SearchQuery{std::move(key)};
    store::SearchAnd all;
    std::optional<SearchQuery> some;
    for (const std::string& word : words) {
      Key one = key;
      one.needle = word;
      if (fuzziness_ == Fuzziness::all_words) {
        all.operands.push_back(SearchQuery{std::move(one)});
      } else {
        SearchQuery query{std::move(one)};
        some = some ? either(std::move(*some), std::move(query)) : std::move(query);
      }
    }
    return some ? std::move(*some) : SearchQuery{std::move(all)};
  }

  const SearchScope& scope_;
  Fuzziness fuzziness_;
  bool fuzzy_ = false;
  int filter_depth_ = 0;
  int count_ = 0;
  std::string_view filter_;
  std::optional<UndefinedFilter> error_;
};

}  // namespace

std::expected<SearchQuery, UndefinedFilter> resolve_query(const SearchKey& key,
                                                          const SearchScope& scope,
                                                          Fuzziness fuzziness) {
  Resolver resolver(scope, fuzziness);
  SearchQuery query = resolver.resolve(key);
  if (resolver.error()) return std::unexpected(*resolver.error());
  return query;
}

}  // namespace mailkeep::imap
