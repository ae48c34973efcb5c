// The accounts of a store that somebody holds or whose file is open, and the bound on open files.
// Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "store/account_impl.h"
#include "store/types.h"

namespace mailkeep::store {

class OpenAccounts {
 public:
  explicit OpenAccounts(const StoreOptions& options) : options_(options) {}

  // The account, made by `make` where nobody holds it.
  std::shared_ptr<AccountImpl> get(AccountId id,
                                   const std::function<std::shared_ptr<AccountImpl>()>& make);
  // The account's file is about to be opened: it is kept open for a while, and the file that was
  // unused longest is closed where there are too many.
  void opening(AccountId id);
  // Those that somebody holds or whose file is open.
  std::vector<std::shared_ptr<AccountImpl>> all();
  // Forgets an account; the caller closes it.
  std::shared_ptr<AccountImpl> take(AccountId id);
  // Housekeeping of all. Throws what the first failing one threw, after the others had their turn.
  void maintain();
  // New messages get into the text indexes, for a while.
  void index_texts();
  // Closes everything that is not in use now.
  void close_all();

 private:
  void close_unused();

  const StoreOptions options_;
  std::mutex mutex_;
  std::unordered_map<std::int64_t, std::weak_ptr<AccountImpl>> known_;
  // Kept alive while they have an open file or something to do later.
  std::unordered_map<std::int64_t, std::shared_ptr<AccountImpl>> active_;
};

}  // namespace mailkeep::store
