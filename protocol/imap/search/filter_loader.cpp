#include "protocol/imap/search/filter_loader.h"

#include <set>
#include <utility>

#include "protocol/imap/search/search_key_parser.h"
#include "protocol/imap/wire/decoder.h"

namespace mailkeep::imap {

void FilterLoader::load(const SearchKey& key) {
  std::set<std::string> seen;
  note_names(key);
  while (!waiting_.empty()) {
    const std::string name = std::move(waiting_.back());
    waiting_.pop_back();
    if (seen.size() >= kMaxFilters || !seen.insert(name).second) continue;
    const auto value = value_of(name);
    if (!value) continue;
    Decoder decoder(*value, grammar_);
    SearchKeyParser parser(decoder, "UTF-8");
    auto parsed = parser.keys();
    if (!parsed || !decoder.end()) continue;
    note_names(*parsed);
    filters_.emplace(name, std::move(*parsed));
  }
}

// The parser has bounded the depth of keys.
void FilterLoader::note_names(const SearchKey& key) {
  if (const auto* filter = std::get_if<SearchFilter>(&key.key)) {
    waiting_.push_back(filter_key(filter->name));
  } else if (const auto* negation = std::get_if<SearchKeyNot>(&key.key)) {
    note_names(*negation->operand);
  } else if (const auto* fuzzy = std::get_if<SearchFuzzy>(&key.key)) {
    note_names(*fuzzy->operand);
  } else if (const auto* either = std::get_if<SearchKeyOr>(&key.key)) {
    note_names(*either->left);
    note_names(*either->right);
  } else if (const auto* all = std::get_if<SearchKeyAnd>(&key.key)) {
    for (const SearchKey& operand : all->operands) note_names(operand);
  }
}

std::optional<std::string> FilterLoader::value_of(const std::string& name) {
  const std::string wanted = "/private/filters/values/" + name;
  const std::string second = "/shared/filters/values/" + name;
  auto found = account_.annotations(store::MailboxId{0},
                                    {.entries = {wanted, second}, .depth = {}, .max_bytes = {}});
  if (!found) return std::nullopt;
  std::optional<std::string> value;
  for (store::Annotation& annotation : found->entries) {
    if (annotation.entry == wanted) return std::move(annotation.value);
    if (annotation.entry == second) value = std::move(annotation.value);
  }
  return value;
}

}  // namespace mailkeep::imap
