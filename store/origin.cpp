#include "store/origin.h"

#include <atomic>
#include <utility>

namespace mailkeep::store {

namespace {

thread_local Origin current = kNoOrigin;

}  // namespace

Origin new_origin() {
  static std::atomic<Origin> last{kNoOrigin};
  return ++last;
}

Origin current_origin() {
  return current;
}

OriginScope::OriginScope(Origin origin) : before_(std::exchange(current, origin)) {}

OriginScope::~OriginScope() {
  current = before_;
}

}  // namespace mailkeep::store
