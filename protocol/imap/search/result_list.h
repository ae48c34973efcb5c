// What a searching command found, in its order: UIDs, or the numbers that stand for them. Kept as
// runs of ascending numbers, since what SEARCH finds has few of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "protocol/imap/wire/encoder.h"
#include "store/types.h"
#include "store/uid_map.h"

namespace mailkeep::imap {

class ResultList {
 public:
  using Run = store::UidSet::Range;

  ResultList() = default;
  explicit ResultList(const store::UidSet& ascending);

  void append(std::uint32_t number) { append(Run{number, number}); }
  void append(Run run);

  bool empty() const { return runs_.empty(); }
  std::uint64_t count() const { return count_; }
  std::uint32_t first() const { return runs_.front().first; }  // not empty()
  std::uint32_t last() const { return runs_.back().last; }     // not empty()
  std::span<const Run> runs() const { return runs_; }

  // Results `from` to `to`, counted from 1, as far as they exist.
  ResultList slice(std::uint64_t from, std::uint64_t to) const;
  // UIDs, all of them in `uids`, as sequence numbers.
  ResultList as_sequence_numbers(const store::UidMap& uids) const;
  store::UidSet as_set() const;
  std::vector<std::uint32_t> as_numbers() const;

  // In the form of a sequence-set, in this order (RFC 5267 3.2); nothing where empty().
  void write_set(Encoder& out) const;
  // SP and number, for each.
  void write_numbers(Encoder& out) const;

 private:
  std::vector<Run> runs_;
  std::uint64_t count_ = 0;
};

}  // namespace mailkeep::imap
