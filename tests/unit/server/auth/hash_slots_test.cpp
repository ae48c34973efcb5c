#include "server/auth/hash_slots.h"

#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{60'000};

class HashSlotsTest : public ::testing::Test {
 protected:
  // Runs until nobody can go on.
  void take(int number, milliseconds longest = kLong) { take(number, longest, *context_); }
  void take(int number, milliseconds longest, boost::asio::io_context& context) {
    boost::asio::co_spawn(context, waiting(number, longest), boost::asio::detached);
    context.restart();
    context.poll();
  }
  void give_back(std::size_t index) {
    held_[index].reset();
    context_->restart();
    context_->poll();
  }

  HashSlots slots_{1};
  std::unique_ptr<boost::asio::io_context> context_ = std::make_unique<boost::asio::io_context>();
  std::vector<int> order_;  // who got a slot
  std::vector<int> refused_;
  std::vector<HashSlots::Slot> held_;

 private:
  protocol::Awaitable<void> waiting(int number, milliseconds longest) {
    HashSlots::Slot slot = co_await slots_.take(longest);
    (slot ? order_ : refused_).push_back(number);
    if (slot) held_.push_back(std::move(slot));
  }
};

TEST_F(HashSlotsTest, WhoCameFirstIsServedFirst) {
  for (int number = 1; number <= 4; ++number) take(number);
  EXPECT_EQ(order_, std::vector<int>{1});
  give_back(0);
  EXPECT_EQ(order_, (std::vector<int>{1, 2}));
  give_back(1);
  give_back(2);
  EXPECT_EQ(order_, (std::vector<int>{1, 2, 3, 4}));
  give_back(3);
  take(5);
  EXPECT_EQ(order_.back(), 5);
}

TEST_F(HashSlotsTest, WhoWaitsTooLongGetsNoneAndLeavesTheQueue) {
  take(1);
  take(2, milliseconds(0));
  take(3);
  while (refused_.empty()) context_->run_one();
  EXPECT_EQ(refused_, std::vector<int>{2});
  give_back(0);
  EXPECT_EQ(order_, (std::vector<int>{1, 3}));
}

TEST_F(HashSlotsTest, WhoGoesAwayLeavesTheQueueOrPassesTheSlotOn) {
  auto others = std::make_unique<boost::asio::io_context>();
  take(1);
  take(2, kLong, *others);
  take(3, kLong, *others);
  take(4);
  held_[0].reset();  // the slot is the second one's, who does not learn of it
  others.reset();
  context_->restart();
  context_->poll();
  EXPECT_EQ(order_, (std::vector<int>{1, 4}));
}

}  // namespace
}  // namespace mailkeep::server
