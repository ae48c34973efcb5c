// The directory database: which accounts there are and how they prove themselves. Thread-safe.
// Failures throw: without it there is no store.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "store/sqlite/database.h"
#include "store/store.h"

namespace mailkeep::store {

class Directory {
 public:
  // Makes the file where it is missing; throws NewerSchema where it is too new.
  explicit Directory(const std::filesystem::path& path);

  // One result for each. `prepare` makes what belongs to the accounts that are not refused, and is
  // called before they are there; where it throws, none is made.
  std::vector<StoreResult<AccountInfo>> create(
      std::span<const NewAccount> accounts,
      const std::function<void(const std::vector<AccountId>&)>& prepare);
  StoreResult<void> set_password(std::string_view name, const PasswordRecord& password);
  StoreResult<AccountId> remove(std::string_view name);
  std::vector<AccountInfo> accounts();
  StoreResult<AccountInfo> find(std::string_view name);
  StoreResult<PasswordRecord> password_of(std::string_view name);
  // A number that grows whenever an account is suspended, resumed or removed, by whatever process.
  std::int64_t closings();
  // Nothing: there is no such account.
  std::optional<bool> is_suspended(AccountId account);
  // Remembers that a mailbox is open to an identifier, or forgets it.
  void set_shared(AccountId owner, MailboxId mailbox, std::string_view identifier, bool shared);
  // Those of others that are open to the reader, or also to anyone.
  enum class SharedBy : std::uint8_t { name, name_or_anyone };
  std::vector<SharedMailbox> shared_with(std::string_view reader, SharedBy by);
  // Empty where it was not set.
  StoreResult<std::string> setting(std::string_view account, std::string_view name);
  StoreResult<void> set_setting(std::string_view account, std::string_view name,
                                std::string_view value);
  // Keeps the write-ahead log short.
  void maintain();

 private:
  StoreResult<AccountInfo> insert(const NewAccount& account);
  void add_keys(AccountId id, const PasswordRecord& password);

  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace mailkeep::store
