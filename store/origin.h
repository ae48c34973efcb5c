// Who makes the changes that a thread writes: what watches an account is told it with each event,
// so that a session does not take its own changes for news (RFC 5465 5).
#pragma once

#include <cstdint>

namespace mailkeep::store {

using Origin = std::uint64_t;
inline constexpr Origin kNoOrigin = 0;  // nobody in particular, or several

// One that was never given before in this process.
Origin new_origin();
// Of this thread's writes.
Origin current_origin();

// This thread's writes are of `origin` while it lives.
class OriginScope {
 public:
  explicit OriginScope(Origin origin);
  ~OriginScope();
  OriginScope(const OriginScope&) = delete;
  OriginScope& operator=(const OriginScope&) = delete;

 private:
  const Origin before_;
};

}  // namespace mailkeep::store
