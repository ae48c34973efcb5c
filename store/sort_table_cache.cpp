#include "store/sort_table_cache.h"

#include <iterator>

namespace mailkeep::store {

std::optional<SortTable> SortTableCache::find(Owner account, MailboxId mailbox, SortDetail detail) {
  const std::lock_guard lock(mutex_);
  const auto found = of_account_.find(account);
  if (found == of_account_.end()) return std::nullopt;
  Entry& entry = *found->second;
  const bool has_enough = entry.detail == SortDetail::everything || detail == SortDetail::dates;
  if (entry.mailbox != mailbox || !has_enough) return std::nullopt;
  entry.used = std::chrono::steady_clock::now();
  entries_.splice(entries_.begin(), entries_, found->second);
  return entry.table;
}

void SortTableCache::keep(Owner account, MailboxId mailbox, SortDetail detail,
                          const SortTable& table) {
  const std::size_t bytes = table.bytes();
  const std::lock_guard lock(mutex_);
  if (const auto known = of_account_.find(account); known != of_account_.end()) {
    drop(known->second);
  }
  if (table.rows().size() > kMaxRows || bytes > max_bytes_) return;
  while (bytes_ + bytes > max_bytes_) drop(std::prev(entries_.end()));
  entries_.push_front({account, mailbox, detail, table, bytes, std::chrono::steady_clock::now()});
  of_account_[account] = entries_.begin();
  bytes_ += bytes;
}

void SortTableCache::forget(Owner account) {
  const std::lock_guard lock(mutex_);
  const auto known = of_account_.find(account);
  if (known != of_account_.end()) drop(known->second);
}

void SortTableCache::expire(std::chrono::steady_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  while (!entries_.empty() && now - entries_.back().used >= kKeepFor) {
    drop(std::prev(entries_.end()));
  }
}

std::size_t SortTableCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void SortTableCache::drop(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  of_account_.erase(entry->account);
  entries_.erase(entry);
}

}  // namespace mailkeep::store
