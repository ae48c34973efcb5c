// How long the answer to a failed log-in waits: guessing passwords is slow, and slower with each
// failure from the same address, while a person who mistypes hardly notices.
//
// Any thread. It only counts; waiting is the caller's.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace mailkeep::server {

class FailureDelay {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::size_t kMaxSources = 4096;        // remembered at once
  static constexpr unsigned kMaxFactor = 4;               // of the first delay
  static constexpr std::chrono::minutes kForgetAfter{5};  // without a failure

  // `first` is the delay of the first failure; zero switches all delays off.
  explicit FailureDelay(std::chrono::milliseconds first) : first_(first) {}

  // Counts a failure of `peer` ("192.0.2.1:40000", "[2001:db8::1]:40000", "unix") and returns how
  // long its answer should wait: the first delay, then more each time up to kMaxFactor of it.
  std::chrono::milliseconds failed(std::string_view peer, Clock::time_point now);
  // Forgets the failures of a peer that has logged in.
  void succeeded(std::string_view peer);
  std::size_t sources() const;

 private:
  struct Failures {
    unsigned count = 0;
    Clock::time_point last;
  };

  void make_room(Clock::time_point now);

  const std::chrono::milliseconds first_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Failures> failures_;
};

// What counts as one source: an IPv4 address, the /64 network of an IPv6 address (the size that one
// customer gets), or the text itself.
std::string source_of(std::string_view peer);

}  // namespace mailkeep::server
