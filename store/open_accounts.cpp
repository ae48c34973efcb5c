#include "store/open_accounts.h"

#include <algorithm>
#include <exception>

#include "store/content_frame.h"

namespace mailkeep::store {

namespace {

using Clock = std::chrono::steady_clock;

// Files closed at once where there are too many, so that the search for them is not made for each.
constexpr std::size_t kClosedAtOnce = 16;

// How long index_texts() works, and on each account.
constexpr auto kIndexingTime = std::chrono::milliseconds(400);
constexpr auto kIndexingTurn = std::chrono::milliseconds(50);

}  // namespace

std::shared_ptr<AccountImpl> OpenAccounts::get(
    AccountId id, const std::function<std::shared_ptr<AccountImpl>()>& make) {
  std::lock_guard lock(mutex_);
  std::weak_ptr<AccountImpl>& known = known_[id.value];
  if (auto account = known.lock(); account != nullptr && !account->is_removed()) return account;
  auto account = make();
  known = account;
  return account;
}

void OpenAccounts::opening(AccountId id) {
  {
    std::lock_guard lock(mutex_);
    auto known = known_.find(id.value);
    if (known == known_.end()) return;
    if (auto account = known->second.lock()) active_[id.value] = std::move(account);
    if (active_.size() <= options_.open_accounts) return;
  }
  close_unused();
}

// The least recently used first, until there is room again.
void OpenAccounts::close_unused() {
  std::vector<std::shared_ptr<AccountImpl>> open;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, account] : active_) {
      if (account->is_open()) open.push_back(account);
    }
  }
  if (open.size() < options_.open_accounts) return;
  std::size_t surplus = open.size() - options_.open_accounts + 1;
  surplus = std::min(open.size(), surplus + std::min(kClosedAtOnce, options_.open_accounts / 8));
  std::ranges::sort(open, {}, [](const auto& account) { return account->last_used(); });
  for (const auto& account : open) {
    if (surplus == 0) break;
    if (account->evict()) --surplus;
  }
}

std::shared_ptr<AccountImpl> OpenAccounts::take(AccountId id) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<AccountImpl> account;
  if (auto known = known_.find(id.value); known != known_.end()) {
    account = known->second.lock();
    known_.erase(known);
  }
  return account;
}

std::vector<std::shared_ptr<AccountImpl>> OpenAccounts::all() {
  std::vector<std::shared_ptr<AccountImpl>> accounts;
  std::lock_guard lock(mutex_);
  for (auto known = known_.begin(); known != known_.end();) {
    if (auto account = known->second.lock()) {
      if (!account->is_removed()) accounts.push_back(std::move(account));
      ++known;
    } else {
      known = known_.erase(known);
    }
  }
  // Accounts that were removed are known no more, but may still be open.
  for (const auto& [id, account] : active_) {
    if (account->is_removed()) accounts.push_back(account);
  }
  return accounts;
}

void OpenAccounts::maintain() {
  std::exception_ptr failure;
  bool busy = false;
  for (const auto& account : all()) {
    try {
      account->maintain();
    } catch (...) {
      if (failure == nullptr) failure = std::current_exception();
    }
    if (account->is_open() && !account->is_indexing() &&
        Clock::now() - account->last_used() >= options_.idle_handles) {
      account->close();
    }
    busy = busy || account->is_open();
    if (!account->is_open() && !account->has_work()) {
      std::lock_guard lock(mutex_);
      auto active = active_.find(account->id().value);
      if (active != active_.end() && active->second == account) active_.erase(active);
    }
  }
  if (!busy) trim_frame_contexts();
  if (failure != nullptr) std::rethrow_exception(failure);
}

// By turns, so that nobody waits for the many messages of somebody else.
void OpenAccounts::index_texts() {
  const auto end = Clock::now() + kIndexingTime;
  bool more = true;
  while (more && Clock::now() < end) {
    more = false;
    for (const auto& account : all()) {
      const auto turn = std::min(end, Clock::now() + kIndexingTurn);
      more = account->index_texts(turn) || more;
      if (Clock::now() >= end) return;
    }
  }
}

void OpenAccounts::close_all() {
  for (const auto& account : all()) account->close();
  std::lock_guard lock(mutex_);
  active_.clear();
}

}  // namespace mailkeep::store
