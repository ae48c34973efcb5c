// The threads that blocking work (the store, password hashes) runs on. There are more of them than
// processors because most of them wait for disk flushes.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "protocol/blocking.h"

namespace mailkeep::server {

class BlockingPool final : public protocol::BlockingPool {
 public:
  // Starts the threads at once.
  explicit BlockingPool(std::size_t threads);
  // Runs what is still queued, then ends the threads.
  ~BlockingPool() override;

  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // First come, first served. Any thread may call it, until the destructor begins.
  void submit(std::move_only_function<void()> work) override;

 private:
  struct Worker;
  void run(Worker& worker);

  std::mutex mutex_;
  std::deque<std::move_only_function<void()>> queue_;  // not empty only while no worker is idle
  // The one that went idle last is woken first: its stack and caches are warm, and memory of the
  // others stays untouched while the load is light.
  std::vector<Worker*> idle_;
  bool stopping_ = false;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace mailkeep::server
