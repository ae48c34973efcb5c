// The store: a data directory with `mailkeep.db` (accounts, credentials, server-wide state) and one
// file an account, `accounts/<id>/mail.db`.
//
// Everything here blocks on the disk; callers run it where blocking is fine. All public functions
// of Store and Account may be called from any thread at any time. A failing disk or a damaged
// directory database throws (std::runtime_error and its kin); a damaged account file is
// StoreError::account_damaged of that account alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/access.h"
#include "store/structure_maker.h"
#include "store/types.h"
#include "store/watch.h"

namespace mailkeep::store {

class Account;

struct StoreOptions {
  std::size_t open_accounts =
      256;  // whose database handles are kept open (least recently used go first)
  std::size_t readers_per_account = 4;
  std::chrono::seconds idle_handles{
      10};  // handles of an account unused this long are closed by maintain()
  std::chrono::seconds purge_after{60};  // content nobody refers to stays at least this long
  // Expunged messages and deleted mailboxes can be restored so long; zero: not at all.
  std::chrono::seconds keep_removed{0};
  // How long messages stay in mailboxes of these special uses; zero: for ever.
  std::chrono::seconds expire_trash{0};
  std::chrono::seconds expire_junk{0};
  std::uint64_t max_message_bytes = 256ULL << 20;
  std::uint32_t max_mailboxes = 10'000;  // per account
  bool text_index = true;                // kept for SEARCH; made again when it is turned on
  Parsing parsing{};                     // how messages are taken apart
  std::uint32_t page_bytes = 4096;       // of new account files; a power of two from 512 to 65536
};

// The hashes of SCRAM (RFC 5802, RFC 7677). The numbers are kept.
enum class ScramHash : std::uint8_t { sha1 = 1, sha256 = 2, sha512 = 3 };

// What proves a password by SCRAM with one hash.
struct ScramKeys {
  ScramHash hash = ScramHash::sha256;
  std::uint32_t iterations = 0;
  std::string salt;        // octets
  std::string stored_key;  // octets
  std::string server_key;  // octets
  friend bool operator==(const ScramKeys&, const ScramKeys&) = default;
};

// What proves a password without keeping it (RFC 5802 3): serves PLAIN, and SCRAM-SHA-256 too.
struct PasswordRecord {
  std::uint32_t iterations = 0;     // 0: there is no password, and none matches
  std::string salt;                 // octets
  std::string stored_key;           // octets
  std::string server_key;           // octets
  std::vector<ScramKeys> others{};  // the same password's keys with other hashes
};

struct AccountInfo {
  AccountId id;
  std::string name;
  bool suspended = false;
};

struct NewAccount {
  std::string name;
  PasswordRecord password;
};

class Store {
 public:
  // Makes the directory and its databases where they are missing (mode 0700), migrates older
  // schemas, refuses newer ones (throws, saying so).
  static std::shared_ptr<Store> open(const std::filesystem::path& data_dir,
                                     const StoreOptions& options = {});
  virtual ~Store() = default;

  // Account names are compared as given: lower case is the caller's matter. 1 to 255 octets of
  // UTF-8 without control characters.
  virtual StoreResult<AccountInfo> create_account(std::string_view name,
                                                  const PasswordRecord& password) = 0;
  // Many at once, for the price of a few flushes; one result for each.
  virtual std::vector<StoreResult<AccountInfo>> create_accounts(
      std::span<const NewAccount> accounts) = 0;
  virtual StoreResult<void> set_password(std::string_view name, const PasswordRecord& password) = 0;
  // Removes the account, its mail and its rights to other mailboxes. Sessions of it are told
  // (Account::closed), and see account errors from then on.
  virtual StoreResult<void> remove_account(std::string_view name) = 0;
  virtual std::vector<AccountInfo> accounts() = 0;
  virtual StoreResult<AccountInfo> find_account(std::string_view name) = 0;
  virtual StoreResult<PasswordRecord> password_of(std::string_view name) = 0;

  // The account, shared by everybody who has it open. Cheap to hold: database handles come and go
  // inside. A new account has INBOX, Drafts, Sent, Junk, Trash and Archive (with their special
  // uses).
  virtual StoreResult<std::shared_ptr<Account>> open_account(std::string_view name) = 0;

  // Mailboxes of other accounts that may be open to this reader or to anyone (RFC 4314), in the
  // order of their owners. Some may have been closed again: Account::access tells.
  virtual std::vector<SharedMailbox> shared_with(std::string_view reader) = 0;

  // `shared` is called after an owner opened a mailbox to an identifier (RFC 4314: an account or
  // "anyone"), on the thread that committed it; it must not block. Not of other processes.
  virtual Watch watch_shares(
      std::function<void(const std::string& identifier, const std::string& owner)> shared) = 0;

  // What an administrator set for one account, by name; empty where nothing was. The store gives
  // it no meaning.
  virtual StoreResult<std::string> setting(std::string_view account, std::string_view name) = 0;
  virtual StoreResult<void> set_setting(std::string_view account, std::string_view name,
                                        std::string_view value) = 0;

  // Housekeeping; call about once a second from one thread. Closes accounts that were suspended or
  // removed (Account::closed). Syncs flag changes that are not yet on disk, closes idle handles,
  // purges content nobody refers to, checkpoints, writes back structures that were computed again,
  // learns of changes made by other processes.
  virtual void maintain() = 0;
  // Puts new messages into text indexes, for less than half a second; call about once a second from
  // one thread, of a low priority where it can be, as nobody waits for it: searches look
  // themselves into what is not in the index yet.
  virtual void index_texts() = 0;
};

}  // namespace mailkeep::store
