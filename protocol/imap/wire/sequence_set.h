// A set of sequence numbers or UIDs as the client writes it (RFC 9051 9 sequence-set), '*' and '$'
// unresolved.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/types.h"
#include "store/uid_map.h"

namespace mailkeep::imap {

class SequenceSet {
 public:
  static constexpr std::uint32_t kStar = 0;  // stands for '*'
  struct Range {
    std::uint32_t first;  // may be kStar, may be above `last`
    std::uint32_t last;
    friend bool operator==(const Range&, const Range&) = default;
  };

  // "$", the result of the last SEARCH that saved one (RFC 5182 2.1).
  static SequenceSet saved_result() {
    SequenceSet set;
    set.is_saved_ = true;
    return set;
  }
  bool is_saved_result() const { return is_saved_; }

  void add(Range range) { ranges_.push_back(range); }
  const std::vector<Range>& ranges() const { return ranges_; }

  // As UIDs of messages that are in `uids`: '*' is the last message, a missing UID is passed over
  // (RFC 9051 6.4.9).
  store::UidSet uids_by_uid(const store::UidMap& uids) const;
  // All numbers of the set, whatever has them, with '*' as `last`.
  store::UidSet all_uids(store::Uid last) const;
  // As UIDs of the messages with these sequence numbers. Nothing where a number is above the count
  // (RFC 9051 9 seq-number: a client error), or where '*' is used in an empty mailbox.
  std::optional<store::UidSet> uids_by_sequence(const store::UidMap& uids) const;
  // The same for a search, where a number above the count is no error and matches nothing (RFC 7377
  // 2).
  store::UidSet uids_by_sequence_within(const store::UidMap& uids) const;

 private:
  std::vector<Range> ranges_;
  bool is_saved_ = false;
};

}  // namespace mailkeep::imap
