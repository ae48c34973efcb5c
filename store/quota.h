// Quota of an account (RFC 9208 5): what it may keep and what it keeps, over all its mailboxes.
#pragma once

#include <cstdint>
#include <optional>

namespace mailkeep::store {

// Nothing: no limit.
struct QuotaLimits {
  std::optional<std::uint64_t> bytes;      // STORAGE, in octets; each copy of a message counts
  std::optional<std::uint64_t> messages;   // MESSAGE
  std::optional<std::uint64_t> mailboxes;  // MAILBOX
  friend bool operator==(const QuotaLimits&, const QuotaLimits&) = default;
};

struct QuotaUsage {
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;
  std::uint64_t mailboxes = 0;
  friend bool operator==(const QuotaUsage&, const QuotaUsage&) = default;
};

struct Quota {
  QuotaLimits limits;
  QuotaUsage usage;
};

}  // namespace mailkeep::store
