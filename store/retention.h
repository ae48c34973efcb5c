// What was removed and can be restored: expunged messages and those of deleted mailboxes, as long
// as StoreOptions::keep_removed says. They count for no quota. And how long messages stay in a
// mailbox.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/types.h"

namespace mailkeep::store {

struct RemovedMailbox {
  MailboxId id;
  std::string name;
  bool deleted = false;  // the mailbox, too
  std::uint64_t messages = 0;
  std::uint64_t size_bytes = 0;
  std::int64_t first_removed = 0;  // seconds since 1970
  std::int64_t last_removed = 0;
};

struct RemovedMessage {
  std::int64_t number = 0;  // to restore it by
  Uid uid;                  // that it had
  std::uint64_t size = 0;
  InternalDate internal_date;
  std::int64_t removed = 0;
  std::string header;  // its first octets, at most kRemovedHeaderBytes
};

inline constexpr std::size_t kRemovedHeaderBytes = 8 * 1024;

struct RestoreQuery {
  std::int64_t since = 0;               // removed then or later; seconds since 1970
  std::vector<std::int64_t> numbers{};  // none: all
  std::string to{};                     // a mailbox, made if need be; empty: the one they were in
};

struct RestoreResult {
  std::string mailbox;
  std::uint64_t messages = 0;
  std::uint64_t size_bytes = 0;
};

// The annotation of a mailbox (RFC 5464) that says how long messages stay in it, by its owner: a
// number with s, m, h, d or w behind it, or "none". Without it, that of the settings holds.
inline constexpr std::string_view kExpireEntry = "/private/vendor/mailkeep/expire";

// Zero for "none" and 0; nothing where it is no such text, or longer than 100 years.
std::optional<std::chrono::seconds> parse_age(std::string_view text);

}  // namespace mailkeep::store
