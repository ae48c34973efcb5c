#include "store/store.h"

#include <atomic>
#include <fstream>
#include <thread>

#include "store/schema/schema.h"
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class AccountsTest : public StoreTest {
 protected:
  std::filesystem::path file_of(const Account& account) const {
    return directory_.path() / "accounts" / std::to_string(account.id().value) / "mail.db";
  }
  std::size_t open_files() const {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      std::error_code ignored;
      auto target = std::filesystem::read_symlink(entry.path(), ignored).string();
      if (target.starts_with((directory_.path() / "accounts").string())) ++count;
    }
    return count;
  }
};

TEST_F(AccountsTest, AreMadeFoundListedAndRemoved) {
  AccountInfo bert = must(store_->create_account("bert", test_password()));
  EXPECT_EQ(bert.name, "bert");
  EXPECT_FALSE(bert.suspended);
  EXPECT_EQ(store_->create_account("bert", {}).error(), StoreError::account_exists);
  EXPECT_EQ(must(store_->find_account("bert")).id, bert.id);
  EXPECT_EQ(store_->accounts().size(), 2U);
  EXPECT_EQ(store_->accounts()[0].name, "anna");
  must(store_->remove_account("bert"));
  EXPECT_EQ(store_->find_account("bert").error(), StoreError::no_such_account);
  EXPECT_EQ(store_->open_account("bert").error(), StoreError::no_such_account);
  EXPECT_EQ(store_->remove_account("bert").error(), StoreError::no_such_account);
  EXPECT_GT(must(store_->create_account("bert", {})).id, bert.id);
}

TEST_F(AccountsTest, ManyAreMadeAtOnceAndEachHasItsOwnAnswer) {
  std::vector<NewAccount> accounts;
  for (const char* name : {"a", "b", "anna", "", "c", "a", "d"}) {
    accounts.push_back({name, test_password()});
  }
  const auto results = store_->create_accounts(accounts);
  ASSERT_EQ(results.size(), accounts.size());
  EXPECT_EQ(results[2].error(), StoreError::account_exists);
  EXPECT_EQ(results[3].error(), StoreError::invalid_account_name);
  EXPECT_EQ(results[5].error(), StoreError::account_exists);
  for (std::size_t i : {0U, 1U, 4U, 6U}) {
    EXPECT_EQ(results[i]->name, accounts[i].name);
    auto account = must(store_->open_account(accounts[i].name));
    EXPECT_EQ(must(account->mailboxes()).size(), 6U);
  }
  EXPECT_EQ(store_->accounts().size(), 5U);
  EXPECT_TRUE(store_->create_accounts({}).empty());
}

TEST_F(AccountsTest, NamesHaveLimits) {
  must(store_->create_account(std::string(255, 'x'), {}));
  for (std::string name : {std::string(), std::string(256, 'x'), std::string("a\nb"),
                           std::string("\xff"), std::string("a\0b", 3)}) {
    EXPECT_EQ(store_->create_account(name, {}).error(), StoreError::invalid_account_name);
  }
}

TEST_F(AccountsTest, PasswordRecordsAreKeptAsTheyAre) {
  PasswordRecord record{10'000, std::string("s\0lt", 4), std::string(32, '\xff'), "server"};
  must(store_->set_password("anna", record));
  reopen();
  PasswordRecord kept = must(store_->password_of("anna"));
  EXPECT_EQ(kept.iterations, 10'000U);
  EXPECT_EQ(kept.salt, record.salt);
  EXPECT_EQ(kept.stored_key, record.stored_key);
  EXPECT_EQ(kept.server_key, "server");
  EXPECT_EQ(store_->set_password("nobody", record).error(), StoreError::no_such_account);
  EXPECT_EQ(store_->password_of("nobody").error(), StoreError::no_such_account);
}

TEST_F(AccountsTest, SettingsBelongToOneAccount) {
  must(store_->create_account("bert", {}));
  EXPECT_EQ(must(store_->setting("anna", "colour")), "");
  must(store_->set_setting("anna", "colour", "red"));
  must(store_->set_setting("anna", "colour", "blue"));
  reopen();
  EXPECT_EQ(must(store_->setting("anna", "colour")), "blue");
  EXPECT_EQ(must(store_->setting("bert", "colour")), "");
  EXPECT_EQ(store_->setting("nobody", "colour").error(), StoreError::no_such_account);
  EXPECT_EQ(store_->set_setting("nobody", "colour", "red").error(), StoreError::no_such_account);
  must(store_->remove_account("anna"));
  must(store_->create_account("anna", {}));
  EXPECT_EQ(must(store_->setting("anna", "colour")), "");
}

TEST_F(AccountsTest, OneAccountIsOneObject) {
  EXPECT_EQ(must(store_->open_account("anna")), account_);
  EXPECT_EQ(account_->name(), "anna");
}

TEST_F(AccountsTest, SuspendedAccountsDoNotOpen) {
  sqlite::Database database(directory_.path() / "mailkeep.db", sqlite::Open::existing);
  database.execute("UPDATE account SET suspended = 1");
  EXPECT_EQ(store_->open_account("anna").error(), StoreError::account_suspended);
  EXPECT_TRUE(must(store_->find_account("anna")).suspended);
}

TEST_F(AccountsTest, SessionsOfARemovedAccountAreRefused) {
  append("INBOX", test_message(1));
  const MailboxId inbox = id("INBOX");
  std::atomic<int> calls{0};
  Watch watch = account_->watch(inbox, [&] { ++calls; });
  must(store_->remove_account("anna"));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(account_->mailboxes().error(), StoreError::no_such_account);
  EXPECT_EQ(try_append("INBOX", "x").error(), StoreError::no_such_account);
  EXPECT_EQ(account_->messages(inbox, everything(), Detail::row).error(),
            StoreError::no_such_account);
  store_->maintain();
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "accounts" / "1"));
}

TEST_F(AccountsTest, AnotherProcessMayRemoveAnAccount) {
  append("INBOX", test_message(1));
  must(Store::open(directory_.path())->remove_account("anna"));
  EXPECT_EQ(store_->open_account("anna").error(), StoreError::no_such_account);
  store_->maintain();
  EXPECT_EQ(account_->mailboxes().error(), StoreError::no_such_account);
}

TEST_F(AccountsTest, AFileMayBeRestoredBesideTheServer) {
  append("INBOX", test_message(1));
  const std::filesystem::path file = account_file();
  const std::filesystem::path copy = directory_.path() / "copy.db";
  account_.reset();
  store_.reset();
  std::filesystem::copy_file(file, copy);
  reopen();
  append("INBOX", test_message(2));
  std::filesystem::rename(copy, file);
  std::filesystem::remove(file.string() + "-wal");
  std::filesystem::remove(file.string() + "-shm");
  store_->maintain();
  EXPECT_EQ(account_->mailboxes().error(), StoreError::no_such_account);
  account_ = must(store_->open_account("anna"));
  EXPECT_EQ(info("INBOX").messages, 1U);
  EXPECT_EQ(append("INBOX", test_message(3)), Uid{2});
  expect_clean();
}

TEST_F(AccountsTest, EvictedFilesKeepTheirMarks) {
  reopen({.open_accounts = 1});
  append("INBOX", test_message(1));
  must(account_->claim_recent(id("INBOX"), Uid{2}));
  must(store_->create_account("bert", {}));
  auto bert = must(store_->open_account("bert"));
  must(bert->mailboxes());
  store_->maintain();
  reopen();
  EXPECT_EQ(info("INBOX").first_recent, Uid{2});
}

TEST_F(AccountsTest, DataIsThereAfterReopening) {
  append("INBOX", test_message(1), {flag::seen, {"word"}});
  const MailboxInfo before = info("INBOX");
  reopen();
  const MailboxInfo after = info("INBOX");
  EXPECT_EQ(after.uid_validity, before.uid_validity);
  EXPECT_EQ(after.highest_modseq, before.highest_modseq);
  EXPECT_EQ(*after.keywords, *before.keywords);
  EXPECT_EQ(fetch(after.id).at(0).octets, test_message(1));
}

TEST_F(AccountsTest, ADamagedFileHurtsItsAccountOnly) {
  must(store_->create_account("bert", {}));
  auto bert = must(store_->open_account("bert"));
  const std::filesystem::path file = file_of(*bert);
  bert.reset();
  reopen();
  std::filesystem::remove(file.string() + "-wal");
  {
    std::ofstream(file, std::ios::trunc) << std::string(8192, 'x');
  }
  EXPECT_EQ(store_->open_account("bert").error(), StoreError::account_damaged);
  {
    std::ofstream(file, std::ios::trunc);
  }
  EXPECT_EQ(store_->open_account("bert").error(), StoreError::account_damaged);
  std::filesystem::remove(file);
  EXPECT_EQ(store_->open_account("bert").error(), StoreError::account_damaged);
  std::filesystem::remove_all(file.parent_path());
  EXPECT_EQ(store_->open_account("bert").error(), StoreError::account_damaged);
  append("INBOX", test_message(1));
  store_->maintain();
}

TEST_F(AccountsTest, DamageIsToldOfWhereItIsMet) {
  for (int i = 0; i < 200; ++i) append("INBOX", test_message(i, 3000));
  const std::filesystem::path file = account_file();
  account_.reset();
  store_.reset();
  {
    const auto size = std::filesystem::file_size(file);
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t page = 30; page * 4096 < size; ++page) {
      stream.seekp(static_cast<std::streamoff>(page * 4096));
      stream << std::string(4096, '\xee');
    }
  }
  reopen();
  auto check = account_->check();
  ASSERT_TRUE(check);
  EXPECT_FALSE(check->problems.empty());
}

TEST_F(AccountsTest, ANewerSchemaIsRefused) {
  const std::filesystem::path file = account_file();
  account_.reset();
  store_.reset();
  {
    sqlite::Database database(file, sqlite::Open::existing);
    database.execute("PRAGMA user_version=999");
  }
  store_ = Store::open(directory_.path());
  EXPECT_THROW(static_cast<void>(store_->open_account("anna")), NewerSchema);
  store_.reset();
  {
    sqlite::Database database(directory_.path() / "mailkeep.db", sqlite::Open::existing);
    database.execute("PRAGMA user_version=999");
  }
  EXPECT_THROW(Store::open(directory_.path()), NewerSchema);
}

TEST_F(AccountsTest, AForeignDatabaseIsNoStore) {
  TemporaryDirectory other;
  {
    sqlite::Database database(other.path() / "mailkeep.db", sqlite::Open::create);
    database.execute("CREATE TABLE t (x); PRAGMA user_version=1");
  }
  EXPECT_THROW(Store::open(other.path()), std::runtime_error);
}

TEST_F(AccountsTest, OnlySoManyFilesStayOpen) {
  reopen({.open_accounts = 4});
  std::vector<std::shared_ptr<Account>> held;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "user" + std::to_string(i);
    must(store_->create_account(name, {}));
    held.push_back(must(store_->open_account(name)));
    must(held.back()->mailboxes());
  }
  // Of each open one: the database, its log and its shared memory, by one reader.
  EXPECT_LE(open_files(), 5 * 3U);
  for (const auto& account : held) EXPECT_EQ(must(account->mailboxes()).size(), 6U);
  EXPECT_LE(open_files(), 5 * 3U);
}

TEST_F(AccountsTest, IdleFilesAreClosedAndOpenAgain) {
  reopen({.idle_handles = std::chrono::seconds(0)});
  append("INBOX", test_message(1));
  must(account_->claim_recent(id("INBOX"), Uid{2}));
  EXPECT_GT(open_files(), 0U);
  store_->maintain();
  EXPECT_EQ(open_files(), 0U);
  EXPECT_EQ(info("INBOX").first_recent, Uid{2});
  EXPECT_EQ(fetch(id("INBOX")).size(), 1U);
  store_->maintain();
  EXPECT_EQ(open_files(), 0U);
}

TEST_F(AccountsTest, ACursorKeepsItsFileOpen) {
  reopen({.idle_handles = std::chrono::seconds(0)});
  append("INBOX", test_message(1));
  auto cursor = must(account_->messages(id("INBOX"), everything(), Detail::row));
  store_->maintain();
  ASSERT_TRUE(cursor->next());
  EXPECT_FALSE(cursor->structure().empty());
}

TEST_F(AccountsTest, AnAccountOutlivesTheStore) {
  store_.reset();
  append("INBOX", test_message(1));
  EXPECT_EQ(fetch(id("INBOX")).size(), 1U);
}

TEST_F(AccountsTest, ManyThreadsShareAnAccount) {
  std::vector<std::thread> threads;
  std::atomic<bool> stop{false};
  std::thread keeper([&] {
    while (!stop) store_->maintain();
  });
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        const Uid uid = append("INBOX", test_message(i));
        change(id("INBOX"),
               {range(uid.value, uid.value), FlagOperation::add, {flag::seen, {}}, {}});
        if (thread % 2 == 0) must(account_->copy(id("INBOX"), range(uid.value, uid.value), "Sent"));
        if (thread % 4 == 0) must(account_->expunge(id("INBOX"), range(uid.value, uid.value)));
        must(account_->snapshot(id("INBOX")));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  stop = true;
  keeper.join();
  EXPECT_EQ(info("INBOX").messages, 120U);
  EXPECT_EQ(info("Sent").messages, 80U);
  EXPECT_EQ(info("INBOX").unseen, 0U);
  expect_clean();
}

TEST_F(AccountsTest, TwoStoresWriteToOneAccount) {
  auto other_store = Store::open(directory_.path());
  auto other = must(other_store->open_account("anna"));
  std::thread foreign([&] {
    for (int i = 0; i < 30; ++i) {
      std::vector<NewMessage> messages;
      messages.push_back({other->begin_upload(), {}, {}});
      messages.back().upload.write(test_message(i));
      must(other->append("INBOX", std::move(messages)));
    }
  });
  for (int i = 0; i < 30; ++i) append("INBOX", test_message(i));
  foreign.join();
  EXPECT_EQ(info("INBOX").messages, 60U);
  EXPECT_EQ(info("INBOX").uid_next, Uid{61});
  expect_clean();
}

}  // namespace
}  // namespace mailkeep::store
