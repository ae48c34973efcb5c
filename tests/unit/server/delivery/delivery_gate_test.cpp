#include "server/delivery/delivery_gate.h"

#include <vector>

#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

// Keeps work until it is told to run it.
class GatedPool : public protocol::BlockingPool {
 public:
  std::deque<std::move_only_function<void()>> held;
  void submit(std::move_only_function<void()> work) override { held.push_back(std::move(work)); }
  void run_one() {
    auto work = std::move(held.front());
    held.pop_front();
    work();
  }
};

TEST(DeliveryGate, KeepsToItsLimitAndTheOrder) {
  GatedPool pool;
  DeliveryGate gate(pool, 2);
  std::vector<int> done;
  for (int i = 0; i < 5; ++i) {
    gate.submit(store::AccountId{1}, [&done, i] { done.push_back(i); });
  }
  EXPECT_EQ(pool.held.size(), 2U);
  EXPECT_EQ(gate.waiting(store::AccountId{1}), 3U);
  gate.submit(store::AccountId{2}, [&done] { done.push_back(10); });
  EXPECT_EQ(pool.held.size(), 3U);  // another account does not wait
  while (!pool.held.empty()) pool.run_one();
  EXPECT_EQ(done, (std::vector{0, 1, 10, 2, 3, 4}));
  EXPECT_EQ(gate.waiting(store::AccountId{1}), 0U);
}

}  // namespace
}  // namespace mailkeep::server
