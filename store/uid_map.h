// Sequence number <-> UID (RFC 9051 2.3.1.2) for one state of a mailbox, as runs of consecutive
// UIDs: a mailbox from which nothing was expunged is one run. Immutable once shared.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "store/types.h"

namespace mailkeep::store {

class UidMap {
 public:
  std::uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The UID of a sequence number from 1 to size().
  Uid uid_of(std::uint32_t sequence_number) const;
  // The sequence number of a UID, or 0 where it is not in the mailbox.
  std::uint32_t sequence_of(Uid uid) const;
  // How many UIDs are lower than `uid`.
  std::uint32_t count_below(Uid uid) const;
  // The highest UID; Uid{0} where empty.
  Uid last() const;

  // Adds a UID above last().
  void append(Uid uid) { append(UidSet::Range{uid.value, uid.value}); }
  void append(UidSet::Range range);
  // Takes UIDs away; those that are not there do not matter. O(runs + ranges).
  void remove(const UidSet& uids);

  // The UIDs of `uids` that are in the mailbox.
  UidSet intersection(const UidSet& uids) const;
  // The UIDs of sequence numbers first..last (1-based, inclusive, within size()).
  UidSet uids_of(std::uint32_t first, std::uint32_t last) const;
  UidSet all() const;

 private:
  struct Run {
    std::uint32_t first_uid;
    std::uint32_t count;
    std::uint32_t first_sequence;
  };
  std::vector<Run> runs_;
  std::uint32_t size_ = 0;
};

using SharedUidMap = std::shared_ptr<const UidMap>;

}  // namespace mailkeep::store
