// Passwords that were found right a short while ago, so that a client that logs in again and again
// costs one HMAC and not a whole password hash each time.
//
// Keeps no password: an entry is HMAC-SHA-256 of name, password and stored key under a key that
// exists in this process only. A changed password has another stored key, so its old entries never
// match again. Any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace mailkeep::server {

class PasswordCache {
 public:
  using Clock = std::chrono::steady_clock;
  using Key = std::array<unsigned char, 32>;

  // At most `entries` are kept, each for `lifetime` after its password was verified; the oldest go
  // first. No entries: the cache is off.
  PasswordCache(std::size_t entries, Clock::duration lifetime);
  ~PasswordCache();

  // `keys` stands for what the password is checked against: other keys, another entry.
  Key key(std::string_view name, std::string_view password, std::string_view keys) const;
  bool contains(const Key& key, Clock::time_point now);
  void add(const Key& key, Clock::time_point now);
  std::size_t size() const;

 private:
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  void drop_oldest();

  const std::size_t limit_;
  const Clock::duration lifetime_;
  std::array<unsigned char, 32> secret_{};
  mutable std::mutex mutex_;
  std::unordered_map<Key, Clock::time_point, KeyHash> expiry_;
  std::deque<Key> by_age_;  // the keys of expiry_, oldest first
};

}  // namespace mailkeep::server
