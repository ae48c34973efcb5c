#include "server/delivery/delivery_gate.h"

#include <utility>

namespace mailkeep::server {

void DeliveryGate::submit(store::AccountId account, std::move_only_function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    Line& line = lines_[account.value];
    if (line.running >= per_account_) {
      line.waiting.push_back(std::move(work));
      return;
    }
    ++line.running;
  }
  start(account, std::move(work));
}

void DeliveryGate::start(store::AccountId account, std::move_only_function<void()> work) {
  pool_.submit([this, account, work = std::move(work)]() mutable {
    work();
    ended(account);
  });
}

void DeliveryGate::ended(store::AccountId account) {
  std::move_only_function<void()> next;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = lines_.find(account.value);
    Line& line = entry->second;
    if (line.waiting.empty()) {
      if (--line.running == 0) lines_.erase(entry);
      return;
    }
    next = std::move(line.waiting.front());
    line.waiting.pop_front();
  }
  start(account, std::move(next));
}

std::size_t DeliveryGate::waiting(store::AccountId account) const {
  const std::lock_guard lock(mutex_);
  const auto entry = lines_.find(account.value);
  return entry == lines_.end() ? 0 : entry->second.waiting.size();
}

}  // namespace mailkeep::server
