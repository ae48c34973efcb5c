// The sort keys of the mailbox of an account that was sorted or threaded last, for a while: clients
// that sort do so again and again. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

#include "store/sort_keys.h"

namespace mailkeep::store {

class SortTableCache {
 public:
  // Of more messages nothing is kept; some 300 octets a message.
  static constexpr std::size_t kMaxRows = 250'000;
  static constexpr std::chrono::seconds kKeepFor{60};

  // What was kept of the mailbox, with as much detail or more: every message it then had.
  std::optional<SortTable> find(MailboxId mailbox, SortDetail detail);
  void keep(MailboxId mailbox, SortDetail detail, const SortTable& table);
  // Forgets what was not asked for since kKeepFor before `now`.
  void expire(std::chrono::steady_clock::time_point now);

 private:
  std::mutex mutex_;
  MailboxId mailbox_;
  SortDetail detail_ = SortDetail::dates;
  std::optional<SortTable> table_;
  std::chrono::steady_clock::time_point used_;
};

}  // namespace mailkeep::store
