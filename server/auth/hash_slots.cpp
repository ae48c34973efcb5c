#include "server/auth/hash_slots.h"

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace mailkeep::server {

struct HashSlots::Waiter {
  Waiter(const boost::asio::any_io_executor& executor, std::chrono::milliseconds longest)
      : timer(executor, longest) {}

  boost::asio::steady_timer timer;  // of the coroutine's executor alone
  // Both guarded by mutex_.
  bool has_slot = false;
  Queue::iterator place{};  // while it has no slot
};

// A place in the queue, left when the coroutine ends in whatever way.
class HashSlots::Place {
 public:
  Place(HashSlots& slots, std::shared_ptr<Waiter> waiter)
      : slots_(slots), waiter_(std::move(waiter)) {}
  ~Place() { take_slot(); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  // The slot that was given meanwhile, if one was. The place is left.
  Slot take_slot() {
    const std::lock_guard lock(slots_.mutex_);
    if (waiter_ == nullptr) return nullptr;
    const auto waiter = std::exchange(waiter_, nullptr);
    if (waiter->has_slot) return Slot(&slots_);
    slots_.waiting_.erase(waiter->place);
    return nullptr;
  }

 private:
  HashSlots& slots_;
  std::shared_ptr<Waiter> waiter_;
};

protocol::Awaitable<HashSlots::Slot> HashSlots::take(std::chrono::milliseconds longest) {
  const auto executor = co_await boost::asio::this_coro::executor;
  std::shared_ptr<Waiter> waiter;
  {
    const std::lock_guard lock(mutex_);
    if (free_ > 0) {
      --free_;
      co_return Slot(this);
    }
    waiter = std::make_shared<Waiter>(executor, longest);
    waiter->place = waiting_.insert(waiting_.end(), waiter);
  }
  Place place(*this, waiter);
  co_await waiter->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return place.take_slot();
}

void HashSlots::release() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    ++free_;
    return;
  }
  const std::shared_ptr<Waiter> next = std::move(waiting_.front());
  waiting_.pop_front();
  next->has_slot = true;
  // A timer is touched by its own thread only.
  boost::asio::post(next->timer.get_executor(), [next] { next->timer.cancel(); });
}

}  // namespace mailkeep::server
