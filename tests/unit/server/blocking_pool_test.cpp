#include "server/blocking_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace mailkeep::server {

namespace {

using protocol::BlockingPool;
template <class T>
using Awaitable = boost::asio::awaitable<T>;
using Clock = std::chrono::steady_clock;

// A pool, and an event loop that runs in a thread of its own.
class BlockingPoolTest : public testing::Test {
 protected:
  BlockingPoolTest() : thread_([this] { context_.run(); }) {}
  ~BlockingPoolTest() override {
    work_.reset();
    thread_.join();
  }
  template <class T>
  T result_of(Awaitable<T> coroutine) {
    return boost::asio::co_spawn(context_, std::move(coroutine), boost::asio::use_future).get();
  }

  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  std::thread thread_;
  // Ends before the loop that it posts to is destroyed.
  server::BlockingPool pool_{4};
};

Awaitable<std::string> work_elsewhere(BlockingPool& pool) {
  const std::thread::id here = std::this_thread::get_id();
  const std::thread::id there = co_await pool.run([] { return std::this_thread::get_id(); });
  const bool back = std::this_thread::get_id() == here;
  co_return there != here&& back ? "elsewhere and back" : "wrong thread";
}

TEST_F(BlockingPoolTest, RunsWorkOnItsOwnThreadsAndComesBack) {
  EXPECT_EQ(result_of(work_elsewhere(pool_)), "elsewhere and back");
}

Awaitable<std::string> fail_elsewhere(BlockingPool& pool) {
  std::string caught = "nothing";
  try {
    co_await pool.run([] { throw std::runtime_error("disk I/O error"); });
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }
  co_return caught;
}

TEST_F(BlockingPoolTest, ThrowsWhatTheWorkThrows) {
  EXPECT_EQ(result_of(fail_elsewhere(pool_)), "disk I/O error");
}

TEST_F(BlockingPoolTest, RunsAsMuchAtOnceAsItHasThreads) {
  std::latch all_here(4);
  std::latch done(4);
  for (int count = 0; count < 4; ++count) {
    pool_.submit([&] {
      all_here.arrive_and_wait();  // would wait for ever with fewer threads
      done.count_down();
    });
  }
  done.wait();
}

TEST(BlockingPool, RunsWorkInTheOrderItCame) {
  std::vector<int> order;
  {
    server::BlockingPool pool(1);
    for (int number = 0; number < 1000; ++number) {
      pool.submit([&order, number] { order.push_back(number); });
    }
  }
  ASSERT_EQ(order.size(), 1000U);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

TEST(BlockingPool, FinishesWhatIsQueuedBeforeItEnds) {
  std::atomic<int> done{0};
  std::latch begin(1);
  {
    server::BlockingPool pool(2);
    for (int count = 0; count < 100; ++count) {
      pool.submit([&] {
        begin.wait();
        ++done;
      });
    }
    begin.count_down();
  }
  EXPECT_EQ(done, 100);
}

TEST(BlockingPool, TakesWorkFromManyThreads) {
  std::atomic<int> done{0};
  {
    server::BlockingPool pool(3);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&] {
        for (int count = 0; count < 2000; ++count) pool.submit([&done] { ++done; });
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(done, 8000);
}

Awaitable<Clock::duration> median_round_trip(BlockingPool& pool) {
  std::vector<Clock::duration> times;
  for (int round = 0; round < 2000; ++round) {
    const Clock::time_point start = Clock::now();
    co_await pool.run([] {});
    times.push_back(Clock::now() - start);
  }
  std::ranges::nth_element(times, times.begin() + 1000);
  co_return times[1000];
}

TEST_F(BlockingPoolTest, HandsWorkOverQuickly) {
  const auto median =
      std::chrono::duration_cast<std::chrono::nanoseconds>(result_of(median_round_trip(pool_)));
  RecordProperty("median_nanoseconds", static_cast<int>(median.count()));
  // Some ten microseconds on an idle machine; machines under load get room.
  EXPECT_LT(median, std::chrono::milliseconds(10));
}

}  // namespace

}  // namespace mailkeep::server
