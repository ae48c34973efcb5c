// The order that SORT puts messages in (RFC 5256 3, RFC 5957 4, RFC 6203 6).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "protocol/imap/wire/decoder.h"
#include "store/sort_keys.h"

namespace mailkeep::imap {

inline constexpr std::size_t kMaxSortCriteria = 20;

enum class SortKey : std::uint8_t {
  arrival,
  cc,
  date,
  from,
  size,
  subject,
  to,
  display_from,
  display_to,
  relevancy,
};

struct SortCriterion {
  SortKey key;
  bool reverse = false;
};

// sort-criteria = "(" sort-key *(SP sort-key) ")" (RFC 5256 5)
Parsed<std::vector<SortCriterion>> parse_sort_criteria(Decoder& decoder);

// Whether the criteria need texts.
store::SortDetail detail_for(std::span<const SortCriterion> criteria);

// The places of `rows`, which are in mailbox order, as the criteria order them. `scores` stand
// beside the rows; empty where no criterion is SortKey::relevancy.
std::vector<std::uint32_t> sorted_places(std::span<const store::SortKeys> rows,
                                         std::span<const SortCriterion> criteria,
                                         std::span<const std::uint8_t> scores);

// Whether a message belongs before another by the criteria; false where they are equal.
bool sorts_before(const store::SortKeys& a, const store::SortKeys& b,
                  std::span<const SortCriterion> criteria);

}  // namespace mailkeep::imap
