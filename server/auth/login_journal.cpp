#include "server/auth/login_journal.h"

#include <utility>

namespace mailkeep::server {

void LoginJournal::add(store::LoginRow row) {
  const std::lock_guard lock(mutex_);
  if (rows_.size() < kMaxWaiting) rows_.push_back(std::move(row));
}

void LoginJournal::write_to(store::Logins& logins) {
  std::vector<store::LoginRow> rows;
  {
    const std::lock_guard lock(mutex_);
    rows.swap(rows_);
  }
  logins.add(rows);
}

}  // namespace mailkeep::server
