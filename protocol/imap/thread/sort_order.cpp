#include "protocol/imap/thread/sort_order.h"

#include <algorithm>
#include <compare>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mailkeep::imap {
namespace {

struct Name {
  std::string_view name;
  SortKey key;
  Capability capability;
};
constexpr Name kNames[] = {
    {"ARRIVAL", SortKey::arrival, Capability::sort},
    {"CC", SortKey::cc, Capability::sort},
    {"DATE", SortKey::date, Capability::sort},
    {"FROM", SortKey::from, Capability::sort},
    {"SIZE", SortKey::size, Capability::sort},
    {"SUBJECT", SortKey::subject, Capability::sort},
    {"TO", SortKey::to, Capability::sort},
    {"DISPLAYFROM", SortKey::display_from, Capability::sort_display},
    {"DISPLAYTO", SortKey::display_to, Capability::sort_display},
    {"RELEVANCY", SortKey::relevancy, Capability::search_fuzzy},
};

Parsed<SortCriterion> parse_criterion(Decoder& decoder) {
  const bool reverse = decoder.accept_word("REVERSE");
  if (reverse) {
    if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  }
  for (const Name& name : kNames) {
    if (decoder.accept_word(name.name, name.capability)) return SortCriterion{name.key, reverse};
  }
  return decoder.fail("unknown sort key");
}

bool is_number(SortKey key) {
  return key == SortKey::arrival || key == SortKey::date || key == SortKey::size;
}

std::int64_t number_of(const store::SortKeys& row, SortKey key) {
  if (key == SortKey::arrival) return row.arrival;
  if (key == SortKey::date) return row.sent;
  return static_cast<std::int64_t>(row.size);
}

std::string_view text_of(const store::SortKeys& row, SortKey key) {
  switch (key) {
    case SortKey::cc:
      return row.cc;
    case SortKey::from:
      return row.from;
    case SortKey::subject:
      return row.subject;
    case SortKey::to:
      return row.to;
    case SortKey::display_from:
      return row.display_from;
    case SortKey::display_to:
      return row.display_to;
    default:
      return {};
  }
}

std::strong_ordering compare(const store::SortKeys& a, const store::SortKeys& b, SortKey key) {
  if (is_number(key)) return number_of(a, key) <=> number_of(b, key);
  return text_of(a, key) <=> text_of(b, key);
}

// One criterion of numbers, which is what clients ask for most.
void sort_by_number(std::span<const store::SortKeys> rows, SortCriterion criterion,
                    std::vector<std::uint32_t>& places) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> keyed(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const std::int64_t number = number_of(rows[i], criterion.key);
    keyed[i] = {criterion.reverse ? -number : number, i};
  }
  std::ranges::sort(keyed);
  std::ranges::transform(keyed, places.begin(), [](const auto& pair) { return pair.second; });
}

// One criterion of texts. Most are the text of several messages: each is compared once.
void sort_by_text(std::span<const store::SortKeys> rows, SortCriterion criterion,
                  std::vector<std::uint32_t>& places) {
  std::unordered_map<std::string_view, std::uint32_t> numbers(rows.size());
  std::vector<std::string_view> texts;
  std::vector<std::uint32_t> text_numbers(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    const std::string_view text = text_of(rows[i], criterion.key);
    const auto number = static_cast<std::uint32_t>(texts.size());
    const auto [entry, is_new] = numbers.try_emplace(text, number);
    if (is_new) texts.push_back(text);
    text_numbers[i] = entry->second;
  }
  std::vector<std::uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
    return criterion.reverse ? texts[b] < texts[a] : texts[a] < texts[b];
  });
  std::vector<std::uint32_t> ranks(texts.size());
  for (std::uint32_t rank = 0; rank < order.size(); ++rank) ranks[order[rank]] = rank;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> keyed(rows.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) keyed[i] = {ranks[text_numbers[i]], i};
  std::ranges::sort(keyed);
  std::ranges::transform(keyed, places.begin(), [](const auto& pair) { return pair.second; });
}

}  // namespace

Parsed<std::vector<SortCriterion>> parse_sort_criteria(Decoder& decoder) {
  std::vector<SortCriterion> criteria;
  if (auto ok = decoder.expect('('); !ok) return std::unexpected(ok.error());
  do {
    if (criteria.size() >= kMaxSortCriteria) return decoder.fail("too many sort keys");
    auto criterion = parse_criterion(decoder);
    if (!criterion) return std::unexpected(criterion.error());
    criteria.push_back(*criterion);
  } while (decoder.accept(' '));
  if (auto ok = decoder.expect(')'); !ok) return std::unexpected(ok.error());
  return criteria;
}

store::SortDetail detail_for(std::span<const SortCriterion> criteria) {
  const bool numbers = std::ranges::all_of(criteria, [](const SortCriterion& criterion) {
    return is_number(criterion.key) || criterion.key == SortKey::relevancy;
  });
  return numbers ? store::SortDetail::dates : store::SortDetail::everything;
}

bool sorts_before(const store::SortKeys& a, const store::SortKeys& b,
                  std::span<const SortCriterion> criteria) {
  for (const SortCriterion& criterion : criteria) {
    const auto order = compare(a, b, criterion.key);
    if (order != 0) return criterion.reverse ? order > 0 : order < 0;
  }
  return false;
}

std::vector<std::uint32_t> sorted_places(std::span<const store::SortKeys> rows,
                                         std::span<const SortCriterion> criteria,
                                         std::span<const std::uint8_t> scores) {
  std::vector<std::uint32_t> places(rows.size());
  if (criteria.size() == 1 && is_number(criteria.front().key)) {
    sort_by_number(rows, criteria.front(), places);
    return places;
  }
  if (criteria.size() == 1 && criteria.front().key != SortKey::relevancy) {
    sort_by_text(rows, criteria.front(), places);
    return places;
  }
  std::iota(places.begin(), places.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    for (const SortCriterion& criterion : criteria) {
      auto order = std::strong_ordering::equal;
      if (criterion.key == SortKey::relevancy) {
        if (!scores.empty()) order = scores[b] <=> scores[a];  // the highest comes first
      } else {
        order = compare(rows[a], rows[b], criterion.key);
      }
      if (order != 0) return criterion.reverse ? order > 0 : order < 0;
    }
    return false;
  };
  std::ranges::stable_sort(places, before);
  return places;
}

}  // namespace mailkeep::imap
