#include "store/uid_map.h"

#include <algorithm>
#include <cassert>

namespace mailkeep::store {

namespace {

// The last run that begins at or before a value; `member` says which beginning is meant.
template <class Runs, class Member>
auto run_at(const Runs& runs, std::uint32_t value, Member member) {
  auto after = std::upper_bound(
      runs.begin(), runs.end(), value,
      [member](std::uint32_t wanted, const auto& run) { return wanted < run.*member; });
  return after == runs.begin() ? runs.end() : std::prev(after);
}

}  // namespace

Uid UidMap::uid_of(std::uint32_t sequence_number) const {
  assert(sequence_number >= 1 && sequence_number <= size_);
  auto run = run_at(runs_, sequence_number, &Run::first_sequence);
  return Uid{run->first_uid + (sequence_number - run->first_sequence)};
}

std::uint32_t UidMap::sequence_of(Uid uid) const {
  auto run = run_at(runs_, uid.value, &Run::first_uid);
  if (run == runs_.end() || uid.value - run->first_uid >= run->count) return 0;
  return run->first_sequence + (uid.value - run->first_uid);
}

std::uint32_t UidMap::count_below(Uid uid) const {
  auto run = run_at(runs_, uid.value, &Run::first_uid);
  if (run == runs_.end()) return 0;
  return run->first_sequence - 1 + std::min(run->count, uid.value - run->first_uid);
}

Uid UidMap::last() const {
  return runs_.empty() ? Uid{0} : Uid{runs_.back().first_uid + (runs_.back().count - 1)};
}

void UidMap::append(UidSet::Range range) {
  assert(range.first > last().value && range.first <= range.last);
  std::uint32_t count = range.last - range.first + 1;
  if (!runs_.empty() && range.first == last().value + 1) {
    runs_.back().count += count;
  } else {
    runs_.push_back(Run{range.first, count, size_ + 1});
  }
  size_ += count;
}

void UidMap::remove(const UidSet& uids) {
  if (uids.empty() || runs_.empty()) return;
  UidMap kept;
  auto range = uids.ranges().begin();
  const auto end = uids.ranges().end();
  for (const Run& run : runs_) {
    std::uint32_t first = run.first_uid;
    const std::uint32_t last = run.first_uid + (run.count - 1);
    while (range != end && range->last < first) ++range;
    bool rest = true;
    for (auto cut = range; cut != end && cut->first <= last; ++cut) {
      if (cut->first > first) kept.append(UidSet::Range{first, cut->first - 1});
      if (cut->last >= last) {
        rest = false;
        break;
      }
      first = cut->last + 1;
      range = cut;
    }
    if (rest) kept.append(UidSet::Range{first, last});
  }
  *this = std::move(kept);
}

UidSet UidMap::intersection(const UidSet& uids) const {
  UidSet result;
  for (const UidSet::Range& range : uids.ranges()) {
    auto run = run_at(runs_, range.first, &Run::first_uid);
    if (run == runs_.end()) run = runs_.begin();
    for (; run != runs_.end() && run->first_uid <= range.last; ++run) {
      std::uint32_t first = std::max(range.first, run->first_uid);
      std::uint32_t last = std::min(range.last, run->first_uid + (run->count - 1));
      if (first <= last) result.add(UidSet::Range{first, last});
    }
  }
  return result;
}

UidSet UidMap::uids_of(std::uint32_t first, std::uint32_t last) const {
  assert(first >= 1 && first <= last && last <= size_);
  UidSet result;
  for (auto run = run_at(runs_, first, &Run::first_sequence);
       run != runs_.end() && run->first_sequence <= last; ++run) {
    std::uint32_t begin = std::max(first, run->first_sequence) - run->first_sequence;
    std::uint32_t end =
        std::min(last, run->first_sequence + (run->count - 1)) - run->first_sequence;
    result.add(UidSet::Range{run->first_uid + begin, run->first_uid + end});
  }
  return result;
}

UidSet UidMap::all() const {
  UidSet result;
  for (const Run& run : runs_) {
    result.add(UidSet::Range{run.first_uid, run.first_uid + (run.count - 1)});
  }
  return result;
}

}  // namespace mailkeep::store
