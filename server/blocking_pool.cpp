#include "server/blocking_pool.h"

#include <pthread.h>

namespace mailkeep::server {

struct BlockingPool::Worker {
  std::condition_variable wake;
  std::move_only_function<void()> work;  // handed over by submit(), guarded by the pool's mutex
  std::thread thread;
};

BlockingPool::BlockingPool(std::size_t threads) {
  idle_.reserve(threads);
  for (std::size_t index = 0; index < threads; ++index) {
    workers_.push_back(std::make_unique<Worker>());
    Worker& worker = *workers_.back();
    worker.thread = std::thread([this, &worker] { run(worker); });
    pthread_setname_np(worker.thread.native_handle(), "store");
  }
}

BlockingPool::~BlockingPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  for (const auto& worker : workers_) worker->wake.notify_one();
  for (const auto& worker : workers_) worker->thread.join();
}

void BlockingPool::submit(std::move_only_function<void()> work) {
  Worker* worker = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) {
      queue_.push_back(std::move(work));
      return;
    }
    worker = idle_.back();
    idle_.pop_back();
    worker->work = std::move(work);
  }
  worker->wake.notify_one();
}

void BlockingPool::run(Worker& worker) {
  for (;;) {
    std::move_only_function<void()> work;
    {
      std::unique_lock lock(mutex_);
      if (!queue_.empty()) {
        work = std::move(queue_.front());
        queue_.pop_front();
      } else {
        if (stopping_) return;
        idle_.push_back(&worker);
        worker.wake.wait(lock, [&] { return worker.work != nullptr || stopping_; });
        if (worker.work == nullptr) return;
        work = std::move(worker.work);
        worker.work = nullptr;
      }
    }
    work();
  }
}

}  // namespace mailkeep::server
