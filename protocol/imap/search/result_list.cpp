#include "protocol/imap/search/result_list.h"

#include <algorithm>

namespace mailkeep::imap {

ResultList::ResultList(const store::UidSet& ascending) {
  for (const Run& run : ascending.ranges()) append(run);
}

void ResultList::append(Run run) {
  count_ += std::uint64_t{run.last} - run.first + 1;
  if (!runs_.empty() && runs_.back().last + 1 == run.first) {
    runs_.back().last = run.last;
  } else {
    runs_.push_back(run);
  }
}

ResultList ResultList::slice(std::uint64_t from, std::uint64_t to) const {
  ResultList result;
  std::uint64_t position = 1;  // of the run's first
  for (const Run& run : runs_) {
    if (position > to) break;
    const std::uint64_t length = std::uint64_t{run.last} - run.first + 1;
    const std::uint64_t begin = std::max(from, position);
    const std::uint64_t end = std::min(to, position + length - 1);
    if (begin <= end) {
      result.append(Run{static_cast<std::uint32_t>(run.first + (begin - position)),
                        static_cast<std::uint32_t>(run.first + (end - position))});
    }
    position += length;
  }
  return result;
}

ResultList ResultList::as_sequence_numbers(const store::UidMap& uids) const {
  ResultList result;
  for (const Run& run : runs_) {
    const std::uint32_t first = uids.sequence_of(store::Uid{run.first});
    result.append(Run{first, first + (run.last - run.first)});
  }
  return result;
}

store::UidSet ResultList::as_set() const {
  std::vector<Run> ascending(runs_);
  std::ranges::sort(ascending, {}, &Run::first);
  store::UidSet set;
  for (const Run& run : ascending) set.add(run);
  return set;
}

std::vector<std::uint32_t> ResultList::as_numbers() const {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(count_);
  for (const Run& run : runs_) {
    for (std::uint64_t number = run.first; number <= run.last; ++number) {
      numbers.push_back(static_cast<std::uint32_t>(number));
    }
  }
  return numbers;
}

void ResultList::write_set(Encoder& out) const {
  bool first = true;
  for (const Run& run : runs_) {
    if (!first) out.raw(",");
    first = false;
    out.number(run.first);
    if (run.last != run.first) out.raw(":").number(run.last);
  }
}

void ResultList::write_numbers(Encoder& out) const {
  for (const Run& run : runs_) {
    for (std::uint64_t number = run.first; number <= run.last; ++number) out.sp().number(number);
  }
}

}  // namespace mailkeep::imap
