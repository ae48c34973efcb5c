// The data directory as the administrator's commands open it.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "server/config/config.h"
#include "store/account.h"
#include "store/store.h"

namespace mailkeep::server {

enum class MissingStore : std::uint8_t { create, refuse };

// Throws std::runtime_error, also where there is no data directory and none may be made: a mistyped
// path should not leave an empty one behind. Root becomes the `run-as` user first, for good, so
// that the server can read and write what the command leaves; files to import must be readable to
// it.
std::shared_ptr<store::Store> open_store(const Config& config, MissingStore missing);

// The account of that name, however its letters are written. Throws std::runtime_error that names
// it.
std::shared_ptr<store::Account> open_account(store::Store& store, std::string_view name);

// The stored form of an account's name. Throws std::runtime_error where it can be none.
std::string checked_account_name(std::string_view name);

// The store says no, as a result that is no failure of the machine.
class StoreRefusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A result of the store, or StoreRefusal "WHAT: the store's sentence".
template <class T>
T expect(store::StoreResult<T> result, std::string_view what) {
  if (!result) {
    throw StoreRefusal(std::string(what) + ": " + std::string(store::describe(result.error())));
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace mailkeep::server
