// The sort keys of the mailbox of each account that was sorted or threaded last, for a while:
// clients that sort do so again and again. All accounts share the room. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "store/sort_keys.h"

namespace mailkeep::store {

class SortTableCache {
 public:
  // Of more messages nothing is kept; some 300 octets a message.
  static constexpr std::size_t kMaxRows = 250'000;
  // Of all tables; those that were not asked for longest go first.
  static constexpr std::size_t kMaxBytes = 256 << 20;
  static constexpr std::chrono::seconds kKeepFor{60};

  // The object that asks, for as long as it lives: it forgets what was kept for it. An id would not
  // do, as another file may take its place.
  using Owner = const void*;

  explicit SortTableCache(std::size_t max_bytes = kMaxBytes) : max_bytes_(max_bytes) {}

  // What was kept of the mailbox, with as much detail or more: every message it then had.
  std::optional<SortTable> find(Owner account, MailboxId mailbox, SortDetail detail);
  // In place of what there was of the account.
  void keep(Owner account, MailboxId mailbox, SortDetail detail, const SortTable& table);
  void forget(Owner account);
  // Forgets what was not asked for since kKeepFor before `now`.
  void expire(std::chrono::steady_clock::time_point now);

  // What is kept; never more than the limit.
  std::size_t bytes() const;

 private:
  struct Entry {
    Owner account;
    MailboxId mailbox;
    SortDetail detail;
    SortTable table;
    std::size_t bytes;
    std::chrono::steady_clock::time_point used;
  };
  using Entries = std::list<Entry>;  // what was used last comes first

  void drop(Entries::iterator entry);

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  Entries entries_;
  std::unordered_map<Owner, Entries::iterator> of_account_;
  std::size_t bytes_ = 0;
};

}  // namespace mailkeep::store
