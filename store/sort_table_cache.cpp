#include "store/sort_table_cache.h"

namespace mailkeep::store {

std::optional<SortTable> SortTableCache::find(MailboxId mailbox, SortDetail detail) {
  std::lock_guard lock(mutex_);
  const bool has_enough = detail_ == SortDetail::everything || detail == SortDetail::dates;
  if (!table_ || mailbox_ != mailbox || !has_enough) return std::nullopt;
  used_ = std::chrono::steady_clock::now();
  return table_;
}

void SortTableCache::keep(MailboxId mailbox, SortDetail detail, const SortTable& table) {
  std::lock_guard lock(mutex_);
  table_.reset();
  if (table.rows().size() > kMaxRows) return;
  mailbox_ = mailbox;
  detail_ = detail;
  table_ = table;
  used_ = std::chrono::steady_clock::now();
}

void SortTableCache::expire(std::chrono::steady_clock::time_point now) {
  std::lock_guard lock(mutex_);
  if (now - used_ >= kKeepFor) table_.reset();
}

}  // namespace mailkeep::store
