// Accounts of older versions are used as they are found.
#include "store/mailbox_origin.h"
#include "store/retention.h"
#include "store/schema/schema.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

using Steps = std::span<const std::string_view>;

std::vector<std::string> texts_of(sqlite::Database& database, const char* statement,
                                  std::string_view value) {
  std::vector<std::string> texts;
  sqlite::Query query = database.query(statement, value);
  while (query.step()) texts.emplace_back(query.text(0));
  return texts;
}

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

// Makes `to` a database of the schema `steps` with what `from`, of a newer one, has of its columns.
void downgrade(const std::filesystem::path& from, const std::filesystem::path& to, Steps steps) {
  sqlite::Database old(to, sqlite::Open::create);
  migrate(old, steps, SchemaState::any);
  old.execute("ATTACH '" + from.string() + "' AS newer");
  // What triggers count is copied, too.
  constexpr const char* kTexts = "SELECT sql FROM main.sqlite_schema WHERE type = ?1";
  constexpr const char* kNames =
      "SELECT name FROM main.sqlite_schema WHERE type = ?1 AND name NOT LIKE 'sqlite_%'";
  constexpr const char* kColumns = "SELECT name FROM pragma_table_info(?1, 'main')";
  const auto triggers = texts_of(old, kTexts, "trigger");
  for (const std::string& name : texts_of(old, kNames, "trigger")) {
    old.execute("DROP TRIGGER main." + name);
  }
  for (const std::string& table : texts_of(old, kNames, "table")) {
    const std::string columns = list_of(texts_of(old, kColumns, table));
    old.execute("DELETE FROM main." + table + "; INSERT INTO main." + table + " (" + columns +
                ") SELECT " + columns + " FROM newer." + table);
  }
  for (const std::string& trigger : triggers) old.execute(trigger);
  old.execute("DETACH newer");
}

class UpgradeTest : public StoreTest {
 protected:
  void expect_upgrade_from(std::size_t steps) {
    const std::filesystem::path file = account_file();
    account_.reset();
    store_.reset();
    std::filesystem::path older = file;
    older += "-older";
    downgrade(file, older, account_schema().first(steps));
    for (const char* suffix : {"-wal", "-shm"}) {
      std::filesystem::remove(file.string() + suffix);
      std::filesystem::remove(older.string() + suffix);
    }
    std::filesystem::rename(older, file);
    StoreOptions options;
    options.keep_removed = std::chrono::hours(1);
    reopen(options);
  }
};

TEST_F(UpgradeTest, WhatWasThereIsThereAndWhatIsNewWorks) {
  const Uid last = append("INBOX", "Subject: one\r\n\r\nkept");
  for (std::size_t steps = account_schema().size() - 1; steps > 0; --steps) {
    expect_upgrade_from(steps);
    EXPECT_EQ(fetch(id("INBOX")).at(0).octets, "Subject: one\r\n\r\nkept") << steps;
    const std::string name = "From " + std::to_string(steps);
    EXPECT_TRUE(must(account_->adopt_mailbox(name, "maildir:old", 9)).keeps_uids);
    append(name, "Subject: two\r\n\r\n");
    const MailboxId box = id(name);
    EXPECT_TRUE(account_->delete_mailbox(name));
    EXPECT_EQ(must(account_->restore_removed(box, {})).messages, 1U) << steps;
    EXPECT_GT(append("INBOX", "x"), last);
    expect_clean();
  }
}

TEST_F(UpgradeTest, MailThatCameBeforeItWasNotedIsKnown) {
  const MailboxId box = must(account_->adopt_mailbox("Box", "imap:anna@old/Box", 9)).info.id;
  std::vector<NewMessage> messages;
  for (const std::uint32_t uid : {5U, 6U}) {
    messages.push_back(make_message(test_message(1)));
    messages.back().origin_uid = Uid{uid};
  }
  must(account_->append("Box", std::move(messages)));
  must(account_->adopt_mailbox("Other", "imap:anna@old/Other", 9));
  const Uid own = append("Box", "own");
  expect_upgrade_from(6);
  const MailboxOrigin origin = must(account_->origin(box));
  EXPECT_EQ(origin.own_from, own);
  EXPECT_EQ(origin.uid_next, Uid{7});
  EXPECT_TRUE(origin.finished);
  EXPECT_EQ(must(account_->origin(id("Other"))).own_from, Uid{});
  expect_clean();
}

}  // namespace
}  // namespace mailkeep::store
