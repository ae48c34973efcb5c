// Deliveries on the pool of blocking work, at most so many at a time for one account: enough to
// share a commit, few enough that a flood for one account leaves threads for all others. Those
// beyond wait in the order they came, without a thread.
//
// Any thread. Destroyed when no work is left.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <unordered_map>

#include "protocol/blocking.h"
#include "protocol/lmtp/delivery_services.h"

namespace mailkeep::server {

class DeliveryGate final : public lmtp::DeliveryPool {
 public:
  // `pool` outlives this.
  DeliveryGate(protocol::BlockingPool& pool, std::size_t per_account)
      : pool_(pool), per_account_(per_account) {}

  void submit(store::AccountId account, std::move_only_function<void()> work) override;
  std::size_t waiting(store::AccountId account) const;

 private:
  struct Line {
    std::size_t running = 0;
    std::deque<std::move_only_function<void()>> waiting;
  };

  void start(store::AccountId account, std::move_only_function<void()> work);
  void ended(store::AccountId account);

  protocol::BlockingPool& pool_;
  const std::size_t per_account_;
  mutable std::mutex mutex_;
  std::unordered_map<std::int64_t, Line> lines_;  // of accounts with work
};

}  // namespace mailkeep::server
