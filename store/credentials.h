// What accounts prove themselves with beside their own password: app passwords; and who is
// suspended. In the directory database. Thread-safe; blocks on the disk; changes are durable when a
// function returns. Failures throw.
//
// Names of accounts are compared as given: lower case is the caller's matter.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/database.h"
#include "store/store.h"

namespace mailkeep::store {

// A password of one program, made by the server, which can be taken back alone.
struct AppPassword {
  std::string name;
  std::int64_t created = 0;     // seconds since 1970
  std::int64_t expires = 0;     // seconds since 1970; 0: never
  std::string protocols;        // that it is good for, with spaces between; empty: all
  std::vector<ScramKeys> keys;  // one for each hash
};

class Credentials {
 public:
  static constexpr std::size_t kMaxAppPasswords = 50;  // an account
  static constexpr std::size_t kMaxNameBytes = 100;    // of an app password

  // Of a data directory that the store has opened before.
  explicit Credentials(const std::filesystem::path& data_dir);

  // False: there is one of that name, or there are too many.
  StoreResult<bool> add_app_password(std::string_view account, const AppPassword& password);
  // False: there was none of that name.
  StoreResult<bool> remove_app_password(std::string_view account, std::string_view name);
  // In the order of their making; none for an account that does not exist.
  std::vector<AppPassword> app_passwords(std::string_view account);

  // New sessions are refused by Store::open_account; those that are open learn of it by
  // Account::closed.
  StoreResult<void> set_suspended(std::string_view account, bool suspended);

  // Whether an account that has a password of its own lacks its keys with this hash.
  bool any_without(ScramHash hash);

  // 32 random octets of this data directory, the same at every call with this name.
  std::string secret(std::string_view name);

 private:
  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace mailkeep::store
