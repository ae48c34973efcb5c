// Functions to call when something happens, each until whoever gave it takes it back. Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/watch.h"

namespace mailkeep::store {

template <class... Arguments>
class WatchList : public std::enable_shared_from_this<WatchList<Arguments...>> {
 public:
  using Happened = std::function<void(const Arguments&...)>;

  // O(1), as is taking it back. `happened` runs on the thread that calls, and must not block.
  Watch add(Happened happened) {
    auto watcher = std::make_shared<Watcher>();
    watcher->happened = std::move(happened);
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = next_++;
      watchers_.emplace(number, watcher);
    }
    auto list = this->shared_from_this();
    return Watch(std::shared_ptr<void>(watcher.get(), [list, number, watcher](void*) {
      {
        const std::lock_guard lock(list->mutex_);
        list->watchers_.erase(number);
      }
      const std::lock_guard lock(watcher->mutex);
      watcher->happened = nullptr;
    }));
  }

  void call(const Arguments&... arguments) {
    std::vector<std::shared_ptr<Watcher>> watchers;
    {
      const std::lock_guard lock(mutex_);
      watchers.reserve(watchers_.size());
      for (const auto& [number, watcher] : watchers_) watchers.push_back(watcher);
    }
    for (const auto& watcher : watchers) {
      const std::lock_guard lock(watcher->mutex);
      if (watcher->happened) watcher->happened(arguments...);
    }
  }

 private:
  struct Watcher {
    std::mutex mutex;  // held while it runs, and to take it away
    Happened happened;
  };

  std::mutex mutex_;
  std::uint64_t next_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Watcher>> watchers_;
};

}  // namespace mailkeep::store
