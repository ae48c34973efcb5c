// What deliveries need of the server besides the store: their turn at an account, and the log.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "store/types.h"

namespace mailkeep::lmtp {

// The pool of blocking work with a limit an account, so that a flood for one of them leaves threads
// for the others. Any thread.
class DeliveryPool {
 public:
  virtual ~DeliveryPool() = default;
  // Runs `work` in the pool, some time. `work` must not throw.
  virtual void submit(store::AccountId account, std::move_only_function<void()> work) = 0;
};

// One recipient of one message and what became of it. The views live for the call.
struct DeliveryEvent {
  std::string_view protocol;  // "lmtp", "deliver"
  std::string_view peer;
  std::string_view id;         // of Received
  std::string_view sender;     // empty: <>
  std::string_view recipient;  // as the client gave it
  std::uint64_t size = 0;      // octets, without the fields that were added
  int code = 250;              // of the reply
  std::string_view status;     // "2.1.5 Delivered"
};

class DeliveryLog {
 public:
  virtual ~DeliveryLog() = default;
  virtual void delivered(const DeliveryEvent& event) = 0;
};

}  // namespace mailkeep::lmtp
