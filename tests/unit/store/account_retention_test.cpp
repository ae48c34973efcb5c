// What was removed can be restored for a time; messages expire.
#include "store/inbox_expiry.h"
#include "store/retention.h"
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class RetentionTest : public StoreTest {
 protected:
  RetentionTest() { reopen(kept(hours(1))); }

  static StoreOptions kept(seconds time) {
    StoreOptions options;
    options.keep_removed = time;
    options.purge_after = seconds(0);
    return options;
  }
  // As if what is there had been removed, or had come, so long ago.
  void age(const std::string& table, const std::string& column, seconds time) {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute("UPDATE " + table + " SET " + column + " = " + column + " - " +
                     std::to_string(time.count()));
  }
  std::int64_t rows(const char* sql) {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    return database.integer(sql);
  }
  std::vector<RemovedMailbox> removed() { return must(account_->removed_mailboxes()); }
  void expire_in(std::string_view mailbox, std::string_view age) {
    const AnnotationChange change{std::string(kExpireEntry), std::string(age)};
    must(account_->annotate(id(mailbox), {&change, 1}));
  }
};

TEST_F(RetentionTest, ExpungedMessagesAreListedAndRestored) {
  append_many("INBOX", 3, {flag::deleted | flag::flagged, {"Work"}});
  must(account_->expunge_deleted(id("INBOX"), range(1, 2)));
  ASSERT_EQ(removed().size(), 1U);
  EXPECT_EQ(removed()[0].name, "INBOX");
  EXPECT_FALSE(removed()[0].deleted);
  EXPECT_EQ(removed()[0].messages, 2U);
  const auto messages = must(account_->removed_messages(id("INBOX"), 10));
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].uid, Uid{1});
  EXPECT_NE(messages[0].header.find("Subject: Message 1"), std::string::npos);
  const RestoreResult restored = must(account_->restore_removed(id("INBOX"), {}));
  EXPECT_EQ(restored.messages, 2U);
  EXPECT_EQ(restored.mailbox, "INBOX");
  const auto there = fetch(id("INBOX"));
  ASSERT_EQ(there.size(), 3U);
  EXPECT_EQ(there[1].row.uid, Uid{4}) << "no UID is used twice";
  EXPECT_EQ(there[1].octets, test_message(1));
  EXPECT_EQ(there[1].row.flags, flag::flagged | (FlagBits{1} << kFirstKeywordBit));
  EXPECT_EQ(there[1].row.internal_date, (InternalDate{1'700'000'000, 60}));
  EXPECT_TRUE(removed().empty());
  expect_clean();
}

TEST_F(RetentionTest, RemovedMessagesCountForNoQuota) {
  append_many("INBOX", 3);
  must(account_->set_quota({.bytes = {}, .messages = 3, .mailboxes = {}}));
  EXPECT_EQ(try_append("INBOX", "x").error(), StoreError::over_quota);
  must(account_->expunge(id("INBOX"), range(1, 1)));
  EXPECT_EQ(must(account_->quota()).usage.messages, 2U);
  append("INBOX", "x");
  EXPECT_EQ(account_->restore_removed(id("INBOX"), {}).error(), StoreError::over_quota);
  EXPECT_EQ(removed().at(0).messages, 1U) << "it can still be restored";
  expect_clean();
}

TEST_F(RetentionTest, SomeCanBeChosen) {
  append_many("INBOX", 4);
  must(account_->expunge(id("INBOX"), range(1, 2)));
  age("removed_message", "removed_at", seconds(600));
  must(account_->expunge(id("INBOX"), range(3, 4)));
  const auto messages = must(account_->removed_messages(id("INBOX"), 10));
  RestoreQuery late;
  late.since = messages[3].removed - 100;
  late.numbers = {messages[0].number, messages[3].number};
  late.to = "Found/Again";
  EXPECT_EQ(must(account_->restore_removed(id("INBOX"), late)).messages, 1U);
  const auto found = fetch(id("Found/Again"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].octets, test_message(4));
  EXPECT_EQ(removed().at(0).messages, 3U);
  expect_clean();
}

TEST_F(RetentionTest, DeletedMailboxesAreMadeAgain) {
  must(account_->create_mailbox("Work/Old"));
  append_many("Work/Old", 2, {flag::seen, {"Work"}});
  append_many("Work/Old", 1, {0, {"Home"}});
  const MailboxId old = id("Work/Old");
  must(account_->expunge(old, range(3, 3)));
  must(account_->delete_mailbox("Work/Old"));
  ASSERT_EQ(removed().size(), 1U);
  EXPECT_TRUE(removed()[0].deleted);
  EXPECT_EQ(removed()[0].name, "Work/Old");
  expect_clean();
  EXPECT_EQ(must(account_->restore_removed(old, {})).messages, 3U);
  EXPECT_NE(id("Work/Old"), old);
  EXPECT_EQ(*info("Work/Old").keywords, (std::vector<std::string>{"Work", "Home"}));
  EXPECT_EQ(fetch(id("Work/Old")).at(2).octets, test_message(1));
  EXPECT_TRUE(removed().empty());
  EXPECT_EQ(rows("SELECT count(*) FROM removed_mailbox"), 0);
  expect_clean();
}

TEST_F(RetentionTest, CopiesStayWhatTheyAre) {
  append_many("INBOX", 1);
  must(account_->copy(id("INBOX"), range(1, 1), "Sent"));
  must(account_->expunge(id("INBOX"), range(1, 1)));
  must(account_->expunge(id("Sent"), range(1, 1)));
  EXPECT_EQ(removed().size(), 2U);
  expect_clean();
  must(account_->restore_removed(id("Sent"), {}));
  expect_clean();
}

TEST_F(RetentionTest, AfterItsTimeItIsGoneForGood) {
  append_many("INBOX", 1200);
  must(account_->create_mailbox("Gone"));
  append_many("Gone", 1, {0, {"Work"}});
  append_many("Sent", 1);
  must(account_->expunge(id("INBOX"), everything()));
  must(account_->delete_mailbox("Gone"));
  age("removed_message", "removed_at", hours(2));
  must(account_->expunge(id("Sent"), everything()));
  reopen(kept(hours(1)));
  for (int i = 0; i < 100 && !removed().empty() && removed().size() > 1; ++i) store_->maintain();
  for (int i = 0; i < 20; ++i) store_->maintain();
  ASSERT_EQ(removed().size(), 1U);
  EXPECT_EQ(removed()[0].name, "Sent");
  EXPECT_LE(rows("SELECT count(*) FROM message"), 2) << "content goes as well";
  EXPECT_EQ(rows("SELECT count(*) FROM keyword"), 0);
  expect_clean();
}

TEST_F(RetentionTest, WithoutTheSettingNothingIsKept) {
  append_many("INBOX", 2);
  must(account_->expunge(id("INBOX"), range(1, 1)));
  reopen(kept(seconds(0)));
  must(account_->expunge(id("INBOX"), range(2, 2)));
  EXPECT_EQ(removed().at(0).messages, 1U) << "of the time when it was on";
  for (int i = 0; i < 5; ++i) store_->maintain();
  EXPECT_TRUE(removed().empty());
  expect_clean();
}

TEST_F(RetentionTest, MessagesExpireInMailboxesThatSaySo) {
  append_many("INBOX", 1100);
  append_many("Sent", 3);
  age("mailbox_message", "save_date", hours(48));
  append_many("INBOX", 2);
  expire_in("INBOX", "1d");
  expire_in("Sent", "3d");
  reopen(kept(hours(1)));
  for (int i = 0; i < 20; ++i) store_->maintain();
  EXPECT_EQ(info("INBOX").messages, 2U);
  EXPECT_EQ(info("Sent").messages, 3U);
  EXPECT_EQ(removed().at(0).messages, 1100U) << "and can be restored";
  expect_clean();
}

TEST_F(RetentionTest, InboxKeepsMessagesForADay) {
  append_many("INBOX", 2);
  append_many("Sent", 2);
  age("mailbox_message", "save_date", hours(23));
  expire_in("INBOX", "1h");
  expire_in("Sent", "1h");
  EXPECT_EQ(inbox_expiry(*account_), std::chrono::days(1));
  must(account_->set_special_use("INBOX", SpecialUse::trash));
  StoreOptions options;
  options.expire_trash = hours(1);
  reopen(options);
  for (int i = 0; i < 5; ++i) store_->maintain();
  EXPECT_EQ(info("INBOX").messages, 2U);
  EXPECT_EQ(info("Sent").messages, 0U);
  expire_in("INBOX", "none");
  EXPECT_FALSE(inbox_expiry(*account_));
}

TEST_F(RetentionTest, TrashAndJunkExpireByTheSettings) {
  for (const char* name : {"Trash", "Junk", "Sent"}) append_many(name, 2);
  age("mailbox_message", "save_date", hours(48));
  expire_in("Junk", "none");
  StoreOptions options;
  options.expire_trash = options.expire_junk = hours(24);
  reopen(options);
  for (int i = 0; i < 5; ++i) store_->maintain();
  EXPECT_EQ(info("Trash").messages, 0U);
  EXPECT_EQ(info("Junk").messages, 2U) << "its owner says otherwise";
  EXPECT_EQ(info("Sent").messages, 2U);
  expect_clean();
}

TEST_F(RetentionTest, AccountsThatNobodyUsesAreVisited) {
  append_many("Trash", 2);
  age("mailbox_message", "save_date", hours(48));
  const std::filesystem::path file = account_file();
  account_.reset();
  store_.reset();
  StoreOptions options;
  options.expire_trash = hours(24);
  store_ = Store::open(directory_.path(), options);
  for (int i = 0; i < 5; ++i) store_->maintain();
  sqlite::Database database(file, sqlite::Open::existing);
  EXPECT_EQ(database.integer("SELECT sum(messages) FROM mailbox"), 0);
}

TEST_F(RetentionTest, AgesAreNumbersWithUnits) {
  EXPECT_EQ(parse_age("30d"), hours(30 * 24));
  EXPECT_EQ(parse_age("4w"), hours(4 * 7 * 24));
  EXPECT_EQ(parse_age("90s"), seconds(90));
  EXPECT_EQ(parse_age("none"), seconds(0));
  EXPECT_EQ(parse_age("0"), seconds(0));
  for (const char* text :
       {"", "d", "30", "30 d", "-1d", "1y", "1dd", "99999999999999999999d", "9999999w"}) {
    EXPECT_FALSE(parse_age(text)) << text;
  }
}

TEST_F(RetentionTest, WhatIsNotThereCannotBeRestored) {
  EXPECT_EQ(account_->restore_removed(MailboxId{4711}, {}).error(), StoreError::no_such_mailbox);
  EXPECT_EQ(must(account_->restore_removed(id("INBOX"), {})).messages, 0U);
  EXPECT_TRUE(must(account_->removed_messages(MailboxId{4711}, 5)).empty());
}

}  // namespace
}  // namespace mailkeep::store
