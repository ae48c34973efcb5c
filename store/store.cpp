#include "store/store.h"

#include <cerrno>
#include <exception>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/directory.h"
#include "store/mailbox_name.h"
#include "store/mailbox_row.h"
#include "store/message_keys.h"
#include "store/open_accounts.h"
#include "store/schema/schema.h"
#include "store/sqlite/transaction.h"

namespace mailkeep::store {

namespace {

constexpr const char* kInsertState = R"sql(
INSERT INTO account_state (id, next_mailbox, last_uid_validity, used_bytes, used_messages,
  used_mailboxes, keys_version, keys_from)
VALUES (1, 1, 0, 0, 0, 0, ?1, 0))sql";
constexpr const char* kSubscribeToFirst = R"sql(INSERT INTO subscription (name) VALUES (?1))sql";

constexpr std::size_t kManyAccounts = 4;  // one flush of all is cheaper than three for each

struct DefaultMailbox {
  std::string_view name;
  SpecialUse use;
};
constexpr DefaultMailbox kDefaultMailboxes[] = {
    {kInbox, SpecialUse::none}, {"Archive", SpecialUse::archive}, {"Drafts", SpecialUse::drafts},
    {"Junk", SpecialUse::junk}, {"Sent", SpecialUse::sent},       {"Trash", SpecialUse::trash},
};

void make_directory(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    throw std::system_error(errno, std::generic_category(), "cannot make " + path.string());
  }
}

// A file's contents, or a directory's names, are on disk when this returns.
void sync_path(const std::filesystem::path& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int result = descriptor < 0 ? -1 : ::fsync(descriptor);
  int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (result != 0) {
    throw std::system_error(error, std::generic_category(), "cannot sync " + path.string());
  }
}

// The same for everything on the file system of `path`.
void sync_file_system(const std::filesystem::path& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int result = descriptor < 0 ? -1 : ::syncfs(descriptor);
  int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (result != 0) {
    throw std::system_error(error, std::generic_category(), "cannot sync " + path.string());
  }
}

// A new account's file, which is not durable yet: it is nobody's before the directory knows it.
void make_account_file(const std::filesystem::path& folder, std::uint32_t page_bytes) {
  // A folder left by an account whose making was cut short.
  std::filesystem::remove_all(folder);
  make_directory(folder);
  const std::filesystem::path file = folder / "mail.db";
  {
    sqlite::Database database(file, sqlite::Open::create, {.page_bytes = page_bytes});
    database.set_durability(sqlite::Durability::none);
    migrate(database, account_schema(), SchemaState::any);
    sqlite::Transaction transaction(database, sqlite::Transaction::Kind::write);
    database.run(kInsertState, kKeysVersion);
    for (const DefaultMailbox& mailbox : kDefaultMailboxes) {
      insert_mailbox(database, mailbox.name, mailbox.use, true);
      database.run(kSubscribeToFirst, mailbox.name);
    }
    transaction.commit();
  }
}

class StoreImpl final : public Store {
 public:
  StoreImpl(const std::filesystem::path& data_dir, const StoreOptions& options)
      : accounts_folder_(data_dir / "accounts"),
        options_(options),
        directory_(std::make_shared<Directory>(data_dir / "mailkeep.db")),
        open_accounts_(std::make_shared<OpenAccounts>(options)),
        shares_(std::make_shared<WatchList<std::string, std::string>>()),
        sort_tables_(std::make_shared<SortTableCache>()) {
    // A session may hold its account longer than anybody holds the store.
    settings_ = std::make_shared<const AccountSettings>(AccountSettings{
        .spool = data_dir / "spool",
        .options = options_,
        .on_open =
            [accounts = std::weak_ptr<OpenAccounts>(open_accounts_)](AccountId id) {
              if (auto open = accounts.lock()) open->opening(id);
            },
        .on_share = [directory = directory_](
                        AccountId owner, MailboxId mailbox, std::string_view identifier,
                        bool shared) { directory->set_shared(owner, mailbox, identifier, shared); },
        .shares = shares_,
        .sort_tables = sort_tables_,
    });
  }
  ~StoreImpl() override { open_accounts_->close_all(); }

  StoreResult<AccountInfo> create_account(std::string_view name,
                                          const PasswordRecord& password) override {
    const NewAccount account{std::string(name), password};
    return create_accounts({&account, 1}).front();
  }

  std::vector<StoreResult<AccountInfo>> create_accounts(
      std::span<const NewAccount> accounts) override {
    return directory_->create(accounts, [&](const std::vector<AccountId>& ids) {
      for (AccountId id : ids) make_account_file(folder_of(id), options_.page_bytes);
      sync_account_files(ids);
    });
  }

  StoreResult<void> set_password(std::string_view name, const PasswordRecord& password) override {
    return directory_->set_password(name, password);
  }

  StoreResult<void> remove_account(std::string_view name) override {
    take_rights_from(name);
    auto id = directory_->remove(name);
    if (!id) return std::unexpected(id.error());
    if (auto account = open_accounts_->take(*id)) {
      account->remove();
      account->close();  // where it is in use, maintain() does it later
    }
    std::filesystem::remove_all(folder_of(*id));
    return {};
  }

  StoreResult<std::string> setting(std::string_view account, std::string_view name) override {
    return directory_->setting(account, name);
  }
  StoreResult<void> set_setting(std::string_view account, std::string_view name,
                                std::string_view value) override {
    return directory_->set_setting(account, name, value);
  }
  std::vector<SharedMailbox> shared_with(std::string_view reader) override {
    return directory_->shared_with(reader, Directory::SharedBy::name_or_anyone);
  }

  Watch watch_shares(std::function<void(const std::string&, const std::string&)> shared) override {
    return shares_->add(std::move(shared));
  }

  std::vector<AccountInfo> accounts() override { return directory_->accounts(); }
  StoreResult<AccountInfo> find_account(std::string_view name) override {
    return directory_->find(name);
  }
  StoreResult<PasswordRecord> password_of(std::string_view name) override {
    return directory_->password_of(name);
  }

  StoreResult<std::shared_ptr<Account>> open_account(std::string_view name) override {
    auto info = directory_->find(name);
    if (!info) return std::unexpected(info.error());
    if (info->suspended) return std::unexpected(StoreError::account_suspended);
    auto account = open_accounts_->get(info->id, [&] {
      return std::make_shared<AccountImpl>(info->id, info->name, folder_of(info->id) / "mail.db",
                                           settings_);
    });
    // It was resumed, and maintain() has not seen that yet. What happens meanwhile is seen here.
    if (account->closed() == StoreError::account_suspended) {
      account->set_suspended(false);
      account->set_suspended(directory_->is_suspended(info->id).value_or(false));
    }
    if (auto open = account->require_open(); !open) return std::unexpected(open.error());
    return account;
  }

  void maintain() override {
    directory_->maintain();
    sort_tables_->expire(std::chrono::steady_clock::now());
    visit_next_account();
    // What fails in one account keeps nobody from being told that theirs is closed.
    std::exception_ptr failure;
    try {
      open_accounts_->maintain();
    } catch (...) {
      failure = std::current_exception();
    }
    close_accounts();
    if (failure) std::rethrow_exception(failure);
  }
  void index_texts() override { open_accounts_->index_texts(); }

 private:
  // Whoever suspends or removes an account is another process as a rule.
  void close_accounts() {
    const std::int64_t closings = directory_->closings();
    if (closings == known_closings_) return;
    for (const auto& account : open_accounts_->all()) {
      const std::optional<bool> suspended = directory_->is_suspended(account->id());
      if (suspended) {
        account->set_suspended(*suspended);
      } else if (!account->is_removed()) {
        account->remove();
      }
    }
    known_closings_ = closings;
  }

  // Where messages expire, accounts that nobody uses are opened, too: one each time, and all of
  // them once an hour if they are not too many for that.
  void visit_next_account() {
    const bool wanted = options_.keep_removed.count() > 0 || options_.expire_trash.count() > 0 ||
                        options_.expire_junk.count() > 0;
    if (!wanted) return;
    if (unvisited_.empty()) {
      const auto now = std::chrono::steady_clock::now();
      if (now < next_round_) return;
      next_round_ = now + std::chrono::hours(1);
      for (AccountInfo& account : directory_->accounts()) {
        unvisited_.push_back(std::move(account.name));
      }
      if (unvisited_.empty()) return;
    }
    const std::string name = std::move(unvisited_.back());
    unvisited_.pop_back();
    auto account = open_account(name);
    static_cast<void>(account);  // suspended, damaged or gone meanwhile: nothing to do
  }

  // Makes the files of new accounts survive a power loss, one by one where they are few.
  void sync_account_files(const std::vector<AccountId>& ids) {
    if (ids.size() >= kManyAccounts) return sync_file_system(accounts_folder_);
    for (AccountId id : ids) {
      sync_path(folder_of(id) / "mail.db");
      sync_path(folder_of(id));
    }
    sync_path(accounts_folder_);
  }

  // Whoever has the name later is somebody else.
  void take_rights_from(std::string_view name) {
    using SharedBy = Directory::SharedBy;
    for (const SharedMailbox& shared : directory_->shared_with(name, SharedBy::name_or_anyone)) {
      const auto owner = open_account(shared.owner_name);
      if (!owner) continue;
      // Where there are none, none are left.
      if (!(*owner)->for_reader(name)->remove_url_keys()) continue;
    }
    for (const SharedMailbox& shared : directory_->shared_with(name, Directory::SharedBy::name)) {
      auto owner = open_account(shared.owner_name);
      if (!owner) continue;
      // A mailbox that is gone has no rights to take.
      if (!(*owner)->set_access(shared.mailbox, name, "")) continue;
    }
  }

  std::filesystem::path folder_of(AccountId id) const {
    return accounts_folder_ / std::to_string(id.value);
  }

  const std::filesystem::path accounts_folder_;
  const StoreOptions options_;
  const std::shared_ptr<Directory> directory_;
  const std::shared_ptr<OpenAccounts> open_accounts_;
  const std::shared_ptr<WatchList<std::string, std::string>> shares_;
  const std::shared_ptr<SortTableCache> sort_tables_;
  std::shared_ptr<const AccountSettings> settings_;
  // Of maintain() alone.
  std::int64_t known_closings_ = -1;
  std::vector<std::string> unvisited_;
  std::chrono::steady_clock::time_point next_round_{};
};

}  // namespace

std::shared_ptr<Store> Store::open(const std::filesystem::path& data_dir,
                                   const StoreOptions& options) {
  if (data_dir.has_parent_path()) std::filesystem::create_directories(data_dir.parent_path());
  make_directory(data_dir);
  make_directory(data_dir / "accounts");
  make_directory(data_dir / "spool");
  return std::make_shared<StoreImpl>(data_dir, options);
}

}  // namespace mailkeep::store
