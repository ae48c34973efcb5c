// How somebody learns that something changed. What was given to be called is called on the thread
// that made the change, must not block, and may be called until stop() or the destructor has
// returned.
#pragma once

#include <memory>
#include <utility>

namespace mailkeep::store {

class Watch {
 public:
  Watch() = default;
  explicit Watch(std::shared_ptr<void> registration) : registration_(std::move(registration)) {}
  void stop() { registration_.reset(); }

 private:
  std::shared_ptr<void> registration_;
};

}  // namespace mailkeep::store
