#include "protocol/imap/wire/sequence_set.h"

#include <algorithm>

namespace mailkeep::imap {
namespace {

// The ranges with '*' as `last`, lower end first, ascending: sets built from them grow at their
// end only, in whatever order the client wrote them.
std::vector<SequenceSet::Range> resolved(const std::vector<SequenceSet::Range>& ranges,
                                         std::uint32_t last) {
  std::vector<SequenceSet::Range> result;
  result.reserve(ranges.size());
  for (SequenceSet::Range range : ranges) {
    if (range.first == SequenceSet::kStar) range.first = last;
    if (range.last == SequenceSet::kStar) range.last = last;
    if (range.first > range.last) std::swap(range.first, range.last);
    result.push_back(range);
  }
  std::ranges::sort(result, {}, &SequenceSet::Range::first);
  return result;
}

}  // namespace

store::UidSet SequenceSet::uids_by_uid(const store::UidMap& uids) const {
  if (uids.empty()) return {};
  store::UidSet wanted;
  for (const Range& range : resolved(ranges_, uids.last().value)) {
    wanted.add(store::UidSet::Range{range.first, range.last});
  }
  return uids.intersection(wanted);
}

store::UidSet SequenceSet::uids_by_sequence_within(const store::UidMap& uids) const {
  store::UidSet result;
  if (uids.empty()) return result;
  std::uint32_t done = 0;
  for (const Range& range : resolved(ranges_, uids.size())) {
    const std::uint32_t first = std::max(range.first, done + 1);
    const std::uint32_t last = std::min(range.last, uids.size());
    if (first > last) continue;
    const store::UidSet found = uids.uids_of(first, last);
    for (const auto& part : found.ranges()) result.add(part);
    done = last;
  }
  return result;
}

store::UidSet SequenceSet::all_uids(store::Uid last) const {
  store::UidSet all;
  for (const Range& range : resolved(ranges_, last.value)) {
    if (range.last != 0) all.add(store::UidSet::Range{std::max(range.first, 1U), range.last});
  }
  return all;
}

std::optional<store::UidSet> SequenceSet::uids_by_sequence(const store::UidMap& uids) const {
  const auto ranges = resolved(ranges_, uids.size());
  store::UidSet result;
  std::uint32_t done = 0;  // up to this number all that was asked for is in `result`
  for (const Range& range : ranges) {
    if (range.first == 0 || range.last > uids.size()) return std::nullopt;
    const std::uint32_t first = std::max(range.first, done + 1);
    if (first > range.last) continue;
    const store::UidSet found = uids.uids_of(first, range.last);
    for (const auto& part : found.ranges()) result.add(part);
    done = range.last;
  }
  return result;
}

}  // namespace mailkeep::imap
