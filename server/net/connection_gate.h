// Counts the connections and keeps them within the limits.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "server/net/address.h"

namespace mailkeep::server::net {

// All functions may be called from any thread.
class ConnectionGate {
 public:
  struct Limits {
    std::size_t total = 20'000;
    // From one IPv4 address or /64 network of IPv6; connections from this machine are not counted.
    std::size_t per_address = 100;
  };
  enum class Verdict : std::uint8_t { admitted, too_many, too_many_from_address };

  explicit ConnectionGate(const Limits& limits) : limits_(limits) {}

  // An admitted connection is counted until its leave().
  Verdict admit(const SocketAddress& peer);
  void leave(const SocketAddress& peer);

  std::size_t count() const;
  // Waits until nobody is left. False: there is still somebody when the time is up.
  bool wait_until_empty(std::chrono::milliseconds limit);

 private:
  Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::size_t total_ = 0;
  std::unordered_map<std::string, std::size_t> per_network_;
};

}  // namespace mailkeep::server::net
