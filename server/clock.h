// The time of day, where what is kept is compared with it across restarts.
#pragma once

#include <chrono>
#include <cstdint>

namespace mailkeep::server {

// Seconds since 1970-01-01 UTC. Thread-safe.
inline std::int64_t now_in_seconds() {
  return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

}  // namespace mailkeep::server
