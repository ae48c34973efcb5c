// Log-ins that were, and failed ones that count against whoever tries: in the directory database,
// so that a restart forgets nothing. Thread-safe; blocks on the disk. Failures throw.
//
// Times are seconds since 1970. Writes survive the process at once and power loss a little later:
// losing the last of them does no harm.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/database.h"

namespace mailkeep::store {

struct LoginRow {
  std::string account;
  std::int64_t time = 0;
  std::string protocol;
  std::string mechanism;
  std::string peer;
  std::string outcome;  // "ok", or a few words; may say more, as which app password it was
};

// Failures of an account from an address (`account` is its name as given), or of all accounts from
// a network (`account` is empty).
struct LoginFailures {
  std::string source;
  std::string account;
  std::int64_t failures = 0;
  std::int64_t last = 0;
  std::int64_t blocked_until = 0;  // 0: not blocked
};

class Logins {
 public:
  static constexpr std::int64_t kRowsOfAccount = 200;  // older ones go
  static constexpr std::int64_t kMaxFailures = 100'000;

  // Of a data directory that the store has opened before.
  explicit Logins(const std::filesystem::path& data_dir);

  // Rows of names that are no account are left out.
  void add(std::span<const LoginRow> rows);
  // The newest first.
  std::vector<LoginRow> of(std::string_view account);

  // Until when it is blocked; not after `now`: it is not.
  std::int64_t blocked_until(std::string_view source, std::string_view account);
  // Counts one more; those before `since` are forgotten. The new number.
  std::int64_t count_failure(std::string_view source, std::string_view account, std::int64_t now,
                             std::int64_t since);
  // Whether any failures are counted there.
  bool knows(std::string_view source, std::string_view account);
  void block(std::string_view source, std::string_view account, std::int64_t until);
  void forget(std::string_view source, std::string_view account);
  // All that are blocked at `now`, by source.
  std::vector<LoginFailures> blocked(std::int64_t now);
  // Forgets the failures of a source or of an account. How many rows there were.
  std::int64_t unblock(std::string_view source_or_account);
  // Forgets what was neither counted since `since` nor is blocked at `now`, and the oldest where
  // there are too many.
  void clean(std::int64_t since, std::int64_t now);

 private:
  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace mailkeep::store
