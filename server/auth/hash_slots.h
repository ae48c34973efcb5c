// How many passwords are hashed at a time. Who finds no slot free waits for one, first come, first
// served, without a thread.
//
// Any thread; outlives the coroutines that take slots, and their executors outlive those.
#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <mutex>

#include "protocol/stream.h"

namespace mailkeep::server {

class HashSlots {
 public:
  struct Release {
    void operator()(HashSlots* slots) const { slots->release(); }
  };
  using Slot = std::unique_ptr<HashSlots, Release>;  // held while hashing; null: none

  explicit HashSlots(unsigned slots) : free_(slots) {}
  HashSlots(const HashSlots&) = delete;
  HashSlots& operator=(const HashSlots&) = delete;

  // Null where none became free within `longest`, or the session was cancelled meanwhile.
  protocol::Awaitable<Slot> take(std::chrono::milliseconds longest);

 private:
  struct Waiter;
  class Place;
  using Queue = std::list<std::shared_ptr<Waiter>>;

  void release();

  std::mutex mutex_;
  unsigned free_;  // zero while somebody waits
  Queue waiting_;
};

}  // namespace mailkeep::server
