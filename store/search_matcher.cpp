#include "store/search_matcher.h"

#include <algorithm>

#include "mime/header_reader.h"
#include "mime/text/ascii.h"
#include "mime/text/charset.h"
#include "store/account.h"

namespace mailkeep::store {

namespace {

constexpr std::int64_t kDaySeconds = 86'400;

std::int64_t day_of(std::int64_t seconds) {
  return seconds / kDaySeconds - (seconds % kDaySeconds < 0 ? 1 : 0);
}

enum class Cost : std::uint8_t { row, lookup, header, text };

struct Nothing {};
struct HeaderKey {
  std::string field;
  bool in_addresses;
  Needle needle;
};
struct TextKey {
  bool with_headers;
  Needle needle;
};

// The index is made with i;unicode-casemap. What another comparator finds is found by that too
// where the needle is ASCII; other characters may change their places when they are folded.
bool may_ask_index(std::string_view needle, Comparator comparator) {
  return comparator == Comparator::unicode_casemap ||
         std::ranges::none_of(needle, mime::is_eight_bit);
}

bool in_relation(DateRelation relation, std::int64_t day, std::int64_t wanted) {
  switch (relation) {
    case DateRelation::before:
      return day < wanted;
    case DateRelation::on:
      return day == wanted;
    case DateRelation::since:
      return day >= wanted;
  }
  return false;
}

bool header_matches(const HeaderKey& key, std::string_view head) {
  mime::HeaderReader reader(head);
  while (auto field = reader.next()) {
    if (!mime::equal_ignoring_case(field->name, key.field)) continue;
    if (key.in_addresses ? key.needle.is_in_addresses(field->value)
                         : key.needle.is_in_value(field->value)) {
      return true;
    }
  }
  return false;
}

// Keys of one message's row.
struct RowTest {
  const MessageRow& row;

  bool operator()(const SearchAll&) const { return true; }
  bool operator()(const Nothing&) const { return false; }
  bool operator()(const SearchUids& key) const { return key.uids.contains(row.uid); }
  bool operator()(const SearchFlags& key) const {
    return (row.flags & key.set) == key.set && (row.flags & key.clear) == 0;
  }
  bool operator()(const SearchSize& key) const {
    return key.larger ? row.size > key.octets : row.size < key.octets;
  }
  bool operator()(const SearchModseq& key) const { return row.modseq >= key.at_least; }
  bool operator()(const SearchArrival& key) const {
    return key.since ? row.internal_date.seconds >= key.seconds
                     : row.internal_date.seconds <= key.seconds;
  }
  bool operator()(const SearchEmailId& key) const { return row.message == key.message; }
};

}  // namespace

struct SearchMatcher::Node {
  enum class Join : std::uint8_t { leaf, all, any, none };

  Join join = Join::leaf;
  Cost cost = Cost::row;
  std::vector<std::unique_ptr<Node>> operands;
  std::variant<SearchAll, Nothing, SearchUids, SearchFlags, SearchSize, SearchModseq, SearchArrival,
               SearchEmailId, SearchThreadId, SearchDate, HeaderKey, TextKey>
      key;
  std::optional<TextCandidates> candidates;  // of a key that asks for text

  void add(std::unique_ptr<Node> operand) {
    cost = std::max(cost, operand->cost);
    operands.push_back(std::move(operand));
  }
};

SearchMatcher::SearchMatcher(const SearchQuery& query, const std::vector<std::string>& keywords,
                             TextIndex* index)
    : root_(compile(query, keywords, index)) {}

SearchMatcher::~SearchMatcher() = default;

std::unique_ptr<SearchMatcher::Node> SearchMatcher::compile(
    const SearchQuery& query, const std::vector<std::string>& keywords, TextIndex* index) {
  auto node = std::make_unique<Node>();
  auto leaf = [&](auto key, Cost cost) {
    node->key = std::move(key);
    node->cost = cost;
  };
  auto join = [&](Node::Join how) { node->join = how; };
  auto ask_index = [&](const auto& wanted, TextField field) {
    if (index != nullptr && may_ask_index(wanted.needle, wanted.comparator)) {
      node->candidates = index->candidates(mime::fold_case(wanted.needle), field);
    }
    return Needle(wanted.needle, wanted.comparator);
  };

  if (std::holds_alternative<SearchAll>(query.key)) return node;
  if (const auto* uids = std::get_if<SearchUids>(&query.key)) leaf(*uids, Cost::row);
  if (const auto* flags = std::get_if<SearchFlags>(&query.key)) leaf(*flags, Cost::row);
  if (const auto* size = std::get_if<SearchSize>(&query.key)) leaf(*size, Cost::row);
  if (const auto* modseq = std::get_if<SearchModseq>(&query.key)) leaf(*modseq, Cost::row);
  if (const auto* arrival = std::get_if<SearchArrival>(&query.key)) leaf(*arrival, Cost::row);
  if (const auto* email = std::get_if<SearchEmailId>(&query.key)) leaf(*email, Cost::row);
  if (const auto* thread = std::get_if<SearchThreadId>(&query.key)) leaf(*thread, Cost::lookup);
  if (const auto* date = std::get_if<SearchDate>(&query.key)) {
    leaf(*date, date->date == DateOf::sent ? Cost::lookup : Cost::row);
  }
  if (const auto* keyword = std::get_if<SearchKeyword>(&query.key)) {
    auto place = std::ranges::find_if(keywords, [&](const std::string& name) {
      return mime::equal_ignoring_case(name, keyword->name);
    });
    if (place == keywords.end()) {
      if (keyword->set) leaf(Nothing{}, Cost::row);
    } else {
      const FlagBits bit = FlagBits{1} << (kFirstKeywordBit + (place - keywords.begin()));
      leaf(keyword->set ? SearchFlags{bit, 0} : SearchFlags{0, bit}, Cost::row);
    }
  }
  if (const auto* header = std::get_if<SearchHeader>(&query.key)) {
    leaf(HeaderKey{header->field, header->in_addresses,
                   ask_index(*header, text_field(header->field))},
         Cost::header);
  }
  if (const auto* text = std::get_if<SearchText>(&query.key)) {
    leaf(TextKey{text->with_headers, ask_index(*text, TextField::any)}, Cost::text);
  }
  if (const auto* negation = std::get_if<SearchNot>(&query.key)) {
    join(Node::Join::none);
    node->add(compile(*negation->operand, keywords, index));
  }
  if (const auto* either = std::get_if<SearchOr>(&query.key)) {
    join(Node::Join::any);
    node->add(compile(*either->left, keywords, index));
    node->add(compile(*either->right, keywords, index));
  }
  if (const auto* both = std::get_if<SearchAnd>(&query.key)) {
    join(Node::Join::all);
    for (const SearchQuery& operand : both->operands) node->add(compile(operand, keywords, index));
  }
  std::ranges::stable_sort(node->operands, {}, [](const auto& operand) { return operand->cost; });
  return node;
}

bool SearchMatcher::may_match(MessageId message) const {
  return may_match(*root_, message);
}

bool SearchMatcher::may_match(const Node& node, MessageId message) {
  if (node.candidates) return node.candidates->may_hold(message);
  if (node.join != Node::Join::all) return true;
  return std::ranges::all_of(node.operands,
                             [&](const auto& operand) { return may_match(*operand, message); });
}

bool SearchMatcher::matches(SearchedMessage& message) const {
  return matches(*root_, message);
}

bool SearchMatcher::matches(const Node& node, SearchedMessage& message) {
  auto operand_matches = [&](const auto& operand) { return matches(*operand, message); };
  switch (node.join) {
    case Node::Join::all:
      return std::ranges::all_of(node.operands, operand_matches);
    case Node::Join::any:
      return std::ranges::any_of(node.operands, operand_matches);
    case Node::Join::none:
      return std::ranges::none_of(node.operands, operand_matches);
    case Node::Join::leaf:
      break;
  }
  const MessageRow& row = message.row();
  if (node.candidates && !node.candidates->may_hold(row.message)) return false;
  return std::visit(
      [&](const auto& key) {
        using Key = std::decay_t<decltype(key)>;
        if constexpr (std::is_same_v<Key, SearchDate>) {
          std::optional<std::int64_t> day;
          switch (key.date) {
            // Its own zone's calendar: "disregarding time and timezone" (RFC 9051 6.4.4).
            case DateOf::internal_date:
              day = day_of(row.internal_date.seconds +
                           std::int64_t{row.internal_date.zone_minutes} * 60);
              break;
            case DateOf::sent:
              day = message.sent_day();
              break;
            case DateOf::saved:
              day = day_of(row.save_date);
              break;
          }
          return day.has_value() && in_relation(key.relation, *day, key.day);
        } else if constexpr (std::is_same_v<Key, SearchThreadId>) {
          return message.thread() == key.thread;
        } else if constexpr (std::is_same_v<Key, HeaderKey>) {
          return header_matches(key, message.head());
        } else if constexpr (std::is_same_v<Key, TextKey>) {
          return (key.with_headers && key.needle.is_in_header(message.head())) ||
                 message.text_holds(key.needle);
        } else {
          return RowTest{row}(key);
        }
      },
      node.key);
}

bool asks_for_threads(const SearchQuery& query) {
  if (const auto* negation = std::get_if<SearchNot>(&query.key)) {
    return asks_for_threads(*negation->operand);
  }
  if (const auto* either = std::get_if<SearchOr>(&query.key)) {
    return asks_for_threads(*either->left) || asks_for_threads(*either->right);
  }
  if (const auto* both = std::get_if<SearchAnd>(&query.key)) {
    return std::ranges::any_of(both->operands, asks_for_threads);
  }
  return std::holds_alternative<SearchThreadId>(query.key);
}

bool asks_for_uids_only(const SearchQuery& query) {
  if (const auto* both = std::get_if<SearchAnd>(&query.key)) {
    return std::ranges::all_of(both->operands, asks_for_uids_only);
  }
  return std::holds_alternative<SearchAll>(query.key) ||
         std::holds_alternative<SearchUids>(query.key);
}

UidSet searched_uids(const SearchQuery& query) {
  if (const auto* uids = std::get_if<SearchUids>(&query.key)) return uids->uids;
  UidSet all(UidSet::Range{1, ~0U});
  if (const auto* both = std::get_if<SearchAnd>(&query.key)) {
    for (const SearchQuery& operand : both->operands) {
      all = all.intersection(searched_uids(operand));
    }
  }
  return all;
}

}  // namespace mailkeep::store
