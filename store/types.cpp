#include "store/types.h"

#include <algorithm>
#include <limits>

namespace mailkeep::store {

std::string_view describe(StoreError error) {
  switch (error) {
    case StoreError::no_such_account:
      return "There is no such account.";
    case StoreError::account_exists:
      return "An account of this name exists already.";
    case StoreError::account_damaged:
      return "The account's file is damaged.";
    case StoreError::invalid_account_name:
      return "This is no valid account name.";
    case StoreError::account_suspended:
      return "The account is suspended.";
    case StoreError::no_such_mailbox:
      return "There is no such mailbox.";
    case StoreError::mailbox_exists:
      return "A mailbox of this name exists already.";
    case StoreError::mailbox_has_children:
      return "The mailbox has mailboxes below it.";
    case StoreError::mailbox_not_selectable:
      return "The mailbox cannot hold messages.";
    case StoreError::invalid_mailbox_name:
      return "This is no valid mailbox name.";
    case StoreError::cannot_change_inbox:
      return "INBOX cannot be deleted.";
    case StoreError::too_many_mailboxes:
      return "The account has too many mailboxes.";
    case StoreError::too_many_keywords:
      return "The mailbox has too many keywords.";
    case StoreError::message_too_big:
      return "The message is too big.";
    case StoreError::message_gone:
      return "The message is gone.";
    case StoreError::over_quota:
      return "The account is over its quota.";
    case StoreError::uids_exhausted:
      return "The mailbox has no UIDs left.";
    case StoreError::annotation_too_big:
      return "The annotation is too big.";
    case StoreError::too_many_annotations:
      return "The account has too many annotations.";
    case StoreError::invalid_annotation:
      return "This is no valid name of an annotation.";
    case StoreError::too_many_rights:
      return "Too many people have rights to the mailbox.";
    case StoreError::invalid_rights:
      return "These are no valid rights, or nobody they can be given to.";
    case StoreError::no_permission:
      return "You do not have the right to do that.";
    case StoreError::same_mailbox:
      return "The messages are in that mailbox already.";
  }
  return "The store refused it.";
}

namespace {

using Range = UidSet::Range;

// Whether `right`, which does not begin before `left`, overlaps it or follows it without a gap.
bool joins(const Range& left, const Range& right) {
  return left.last == std::numeric_limits<std::uint32_t>::max() || right.first <= left.last + 1;
}

}  // namespace

void UidSet::add(Range range) {
  if (range.first > range.last) std::swap(range.first, range.last);
  if (ranges_.empty() || (range.first > ranges_.back().last && !joins(ranges_.back(), range))) {
    ranges_.push_back(range);
    return;
  }
  if (range.first >= ranges_.back().first) {
    ranges_.back().last = std::max(ranges_.back().last, range.last);
    return;
  }
  // The first range that `range` may join, then everything it swallows.
  auto begin =
      std::lower_bound(ranges_.begin(), ranges_.end(), range,
                       [](const Range& left, const Range& right) { return !joins(left, right); });
  auto end = begin;
  while (end != ranges_.end() && (end->first <= range.last || joins(range, *end))) {
    range.first = std::min(range.first, end->first);
    range.last = std::max(range.last, end->last);
    ++end;
  }
  if (begin == end) {
    ranges_.insert(begin, range);
  } else {
    *begin = range;
    ranges_.erase(begin + 1, end);
  }
}

bool UidSet::contains(Uid uid) const {
  auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), uid.value,
                       [](std::uint32_t value, const Range& range) { return value < range.first; });
  return after != ranges_.begin() && uid.value <= std::prev(after)->last;
}

std::uint64_t UidSet::size() const {
  std::uint64_t count = 0;
  for (const Range& range : ranges_) count += std::uint64_t{range.last} - range.first + 1;
  return count;
}

UidSet UidSet::intersection(const UidSet& other) const {
  UidSet result;
  auto left = ranges_.begin();
  auto right = other.ranges_.begin();
  while (left != ranges_.end() && right != other.ranges_.end()) {
    std::uint32_t first = std::max(left->first, right->first);
    std::uint32_t last = std::min(left->last, right->last);
    if (first <= last) result.add(Range{first, last});
    if (left->last < right->last) {
      ++left;
    } else {
      ++right;
    }
  }
  return result;
}

UidSet UidSet::difference(const UidSet& other) const {
  UidSet result;
  auto cut = other.ranges_.begin();
  const auto end = other.ranges_.end();
  for (const Range& range : ranges_) {
    std::uint64_t first = range.first;
    while (cut != end && cut->last < first) ++cut;
    for (auto at = cut; at != end && at->first <= range.last; ++at) {
      if (at->first > first) result.add(Range{static_cast<std::uint32_t>(first), at->first - 1});
      first = std::uint64_t{at->last} + 1;
    }
    if (first <= range.last) result.add(Range{static_cast<std::uint32_t>(first), range.last});
  }
  return result;
}

FlagSet flags_by_name(FlagBits bits, const std::vector<std::string>& keywords) {
  FlagSet flags;
  flags.system = bits & flag::system;
  for (std::size_t i = 0; i < keywords.size(); ++i) {
    if ((bits >> (kFirstKeywordBit + i) & 1) != 0) flags.keywords.push_back(keywords[i]);
  }
  return flags;
}

}  // namespace mailkeep::store
