// Log-ins on their way into the store: gathered here, written together about once a second, so that
// a log-in does not wait for it. Any thread.
#pragma once

#include <mutex>
#include <vector>

#include "store/logins.h"

namespace mailkeep::server {

class LoginJournal {
 public:
  static constexpr std::size_t kMaxWaiting = 10'000;  // more are dropped

  void add(store::LoginRow row);
  // Blocking. Where it throws, the rows are lost.
  void write_to(store::Logins& logins);

 private:
  std::mutex mutex_;
  std::vector<store::LoginRow> rows_;
};

}  // namespace mailkeep::server
