// The store's small values: numbers that cannot be mixed up, sets of UIDs, flags, errors.
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace mailkeep::store {

// A number of one meaning. Comparable with its own kind only; `value` is the way out.
template <class Tag, class Representation>
struct Number {
  Representation value = 0;
  friend constexpr auto operator<=>(const Number&, const Number&) = default;
};

using AccountId = Number<struct AccountTag, std::int64_t>;
using MailboxId = Number<struct MailboxTag, std::int64_t>;  // never used again in its account
using MessageId = Number<struct MessageTag, std::int64_t>;  // content; shared by copies
using ThreadId = Number<struct ThreadTag, std::int64_t>;    // a conversation; RFC 8474 5.2
using Uid = Number<struct UidTag, std::uint32_t>;           // RFC 9051 2.3.1.1; 0 is no UID
using Modseq = Number<struct ModseqTag, std::uint64_t>;     // RFC 7162 3.1; below 2^63

// Expected refusals. Each has one sentence for people (`describe`); the protocols map them to
// response codes.
enum class StoreError : std::uint8_t {
  no_such_account,
  account_exists,
  account_damaged,  // the account's file cannot be read; others work
  account_suspended,
  invalid_account_name,
  no_such_mailbox,
  mailbox_exists,
  mailbox_has_children,
  mailbox_not_selectable,
  invalid_mailbox_name,
  cannot_change_inbox,  // INBOX cannot be deleted
  too_many_mailboxes,
  too_many_keywords,
  message_too_big,
  message_gone,  // expunged meanwhile
  over_quota,
  uids_exhausted,
  annotation_too_big,
  too_many_annotations,
  invalid_annotation,  // no name of an entry
  too_many_rights,     // identifiers with rights to one mailbox
  invalid_rights,      // or an identifier that cannot be one
  no_permission,       // RFC 4314: for whoever checks rights
  same_mailbox,
};
std::string_view describe(StoreError error);

template <class T>
using StoreResult = std::expected<T, StoreError>;

// An ordered set of UIDs as disjoint, non-adjacent ranges. Small for what people do: 1:* is one
// range.
class UidSet {
 public:
  struct Range {
    std::uint32_t first;
    std::uint32_t last;  // inclusive
    friend bool operator==(const Range&, const Range&) = default;
  };

  UidSet() = default;
  explicit UidSet(Range range) { add(range); }

  void add(Uid uid) { add(Range{uid.value, uid.value}); }
  void add(Range range);  // amortised O(1) when ranges come in ascending order
  bool contains(Uid uid) const;
  bool empty() const { return ranges_.empty(); }
  std::uint64_t size() const;  // how many UIDs
  const std::vector<Range>& ranges() const { return ranges_; }
  UidSet intersection(const UidSet& other) const;
  // Those that `other` does not have.
  UidSet difference(const UidSet& other) const;

  friend bool operator==(const UidSet&, const UidSet&) = default;

 private:
  std::vector<Range> ranges_;
};

// Flags of a message as bits: the system flags (RFC 9051 2.3.2) and up to 58 keywords, whose names
// are kept by the mailbox: keyword i of the mailbox is bit kFirstKeywordBit + i.
using FlagBits = std::uint64_t;
namespace flag {
inline constexpr FlagBits seen = 1;
inline constexpr FlagBits answered = 2;
inline constexpr FlagBits flagged = 4;
inline constexpr FlagBits deleted = 8;
inline constexpr FlagBits draft = 16;
inline constexpr FlagBits system = 31;
}  // namespace flag
inline constexpr unsigned kFirstKeywordBit = 5;
inline constexpr unsigned kMaxKeywords = 58;
inline constexpr std::size_t kMaxKeywordBytes = 255;

// Flags by name, independent of any mailbox.
struct FlagSet {
  FlagBits system = 0;                // of flag::system
  std::vector<std::string> keywords;  // compared without regard to ASCII case
};
// Those of a message in a mailbox with these keywords.
FlagSet flags_by_name(FlagBits bits, const std::vector<std::string>& keywords);

// When a message arrived (RFC 9051 2.3.3), with the zone it was given in.
struct InternalDate {
  std::int64_t seconds = 0;       // since 1970-01-01 00:00 UTC
  std::int32_t zone_minutes = 0;  // east of UTC is positive
  friend bool operator==(const InternalDate&, const InternalDate&) = default;
};

}  // namespace mailkeep::store
