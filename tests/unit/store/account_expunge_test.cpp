#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class ExpungeTest : public StoreTest {
 protected:
  std::int64_t count(const std::string& table) {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    return database.integer("SELECT count(*) FROM " + table);
  }
  std::vector<std::uint32_t> uids(std::string_view mailbox) {
    std::vector<std::uint32_t> list;
    for (const Fetched& message : fetch(id(mailbox))) list.push_back(message.row.uid.value);
    return list;
  }
};

TEST_F(ExpungeTest, CopySharesContentAndKeepsFlagsAndDate) {
  append("Sent", "first", {0, {"other"}});
  append("INBOX", test_message(1), {flag::answered, {"red", "blue"}});
  append("INBOX", test_message(2), {flag::seen, {"blue"}});
  const std::int64_t messages = count("message");
  CopyResult result = must(account_->copy(id("INBOX"), range(1, 9), "Sent"));
  EXPECT_EQ(result.uid_validity, info("Sent").uid_validity);
  EXPECT_EQ(result.uids, (std::vector<std::pair<Uid, Uid>>{{Uid{1}, Uid{2}}, {Uid{2}, Uid{3}}}));
  EXPECT_EQ(count("message"), messages);

  auto copies = fetch(id("Sent"), range(2, 3));
  auto originals = fetch(id("INBOX"));
  EXPECT_EQ(copies[0].row.message, originals[0].row.message);
  EXPECT_EQ(copies[0].row.internal_date, originals[0].row.internal_date);
  EXPECT_EQ(copies[0].octets, test_message(1));
  EXPECT_EQ(*info("Sent").keywords, (std::vector<std::string>{"other", "red", "blue"}));
  EXPECT_EQ(copies[0].row.flags, flag::answered | FlagBits{6} << kFirstKeywordBit);
  EXPECT_EQ(copies[1].row.flags, flag::seen | FlagBits{4} << kFirstKeywordBit);
  EXPECT_EQ(info("Sent").unseen, 2U);
  expect_clean();
}

TEST_F(ExpungeTest, CopyIntoTheSameMailboxDoubles) {
  append_many("INBOX", 2);
  CopyResult result = must(account_->copy(id("INBOX"), everything(), "inbox"));
  EXPECT_EQ(result.uids.size(), 2U);
  EXPECT_EQ(uids("INBOX"), (std::vector<std::uint32_t>{1, 2, 3, 4}));
  expect_clean();
  must(account_->expunge(id("INBOX"), everything()));
  expect_clean();
}

TEST_F(ExpungeTest, CopyRefusesWhatCannotBe) {
  append_many("INBOX", 1);
  EXPECT_EQ(account_->copy(id("INBOX"), everything(), "nowhere").error(),
            StoreError::no_such_mailbox);
  EXPECT_EQ(account_->copy(MailboxId{77}, everything(), "INBOX").error(),
            StoreError::no_such_mailbox);
  EXPECT_EQ(account_->move(id("INBOX"), everything(), "Inbox").error(), StoreError::same_mailbox);
  const Modseq before = info("Sent").highest_modseq;
  EXPECT_TRUE(must(account_->copy(id("INBOX"), range(5, 9), "Sent")).uids.empty());
  EXPECT_EQ(info("Sent").highest_modseq, before);
}

TEST_F(ExpungeTest, CopyIsAllOrNothingWhereKeywordsDoNotFit) {
  FlagSet most;
  for (unsigned i = 0; i < kMaxKeywords; ++i) most.keywords.push_back("k" + std::to_string(i));
  append("Sent", "full", most);
  append("INBOX", "plain");
  append("INBOX", "one more", {0, {"extra"}});
  EXPECT_EQ(account_->copy(id("INBOX"), everything(), "Sent").error(),
            StoreError::too_many_keywords);
  EXPECT_EQ(account_->move(id("INBOX"), everything(), "Sent").error(),
            StoreError::too_many_keywords);
  EXPECT_EQ(info("Sent").messages, 1U);
  EXPECT_EQ(info("INBOX").messages, 2U);
  expect_clean();
}

TEST_F(ExpungeTest, MoveLeavesNothingBehind) {
  append_many("INBOX", 4);
  const Modseq before = info("INBOX").highest_modseq;
  CopyResult result = must(account_->move(id("INBOX"), range(2, 3), "Archive"));
  EXPECT_EQ(result.uids.size(), 2U);
  EXPECT_EQ(uids("INBOX"), (std::vector<std::uint32_t>{1, 4}));
  EXPECT_EQ(uids("Archive"), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(must(account_->changes_since(id("INBOX"), before)).expunged, range(2, 3));
  EXPECT_EQ(count("orphan"), 0);
  EXPECT_EQ(count("shared_message"), 0);
  expect_clean();
}

TEST_F(ExpungeTest, OnlyDeletedMessagesGo) {
  append_many("INBOX", 6);
  EXPECT_TRUE(must(account_->expunge_deleted(id("INBOX"), everything())).empty());
  UidSet some = range(1, 2);
  some.add(UidSet::Range{5, 6});
  change(id("INBOX"), {some, FlagOperation::add, {flag::deleted, {}}, {}});
  UidSet gone = must(account_->expunge_deleted(id("INBOX"), range(2, 5)));
  EXPECT_EQ(gone.ranges(), (std::vector<UidSet::Range>{{2, 2}, {5, 5}}));
  EXPECT_EQ(uids("INBOX"), (std::vector<std::uint32_t>{1, 3, 4, 6}));
  EXPECT_EQ(info("INBOX").deleted, 2U);
  EXPECT_EQ(info("INBOX").messages, 4U);
  expect_clean();
}

TEST_F(ExpungeTest, ContentStaysWhileAnyCopyIsLeft) {
  append_many("INBOX", 3);
  must(account_->copy(id("INBOX"), range(2, 2), "Sent"));
  must(account_->copy(id("INBOX"), range(2, 2), "Junk"));
  must(account_->expunge(id("INBOX"), everything()));
  EXPECT_EQ(count("orphan"), 2);
  must(account_->expunge(id("Sent"), everything()));
  EXPECT_EQ(count("orphan"), 2);
  EXPECT_EQ(fetch(id("Junk")).at(0).octets, test_message(2));
  expect_clean();
  must(account_->delete_mailbox("Junk"));
  EXPECT_EQ(count("orphan"), 3);
  expect_clean();
}

TEST_F(ExpungeTest, ManyReferencesAreDroppedAtOnce) {
  append_many("INBOX", 200);
  UidSet odd;
  for (std::uint32_t uid = 1; uid <= 200; uid += 2) odd.add(Uid{uid});
  must(account_->copy(id("INBOX"), odd, "Sent"));
  must(account_->copy(id("INBOX"), range(1, 50), "INBOX"));
  expect_clean();
  must(account_->expunge(id("INBOX"), everything()));
  EXPECT_EQ(count("shared_message"), 0);
  EXPECT_EQ(count("orphan"), 100);
  expect_clean();
}

TEST_F(ExpungeTest, ContentNobodyRefersToIsPurged) {
  reopen({.purge_after = std::chrono::seconds(0)});
  append_many("INBOX", 250);
  append("INBOX", test_message(251));
  must(account_->expunge(id("INBOX"), range(3, 251)));
  for (int i = 0; i < 100 && count("message") > 3; ++i) store_->maintain();
  // The newest message stays, so that its id is not used again.
  EXPECT_EQ(count("message"), 3);
  EXPECT_EQ(count("content"), 3);
  EXPECT_EQ(count("header"), 3);
  expect_clean();
  append("INBOX", "next");
  store_->maintain();
  EXPECT_EQ(count("message"), 4);
  must(account_->expunge(id("INBOX"), range(1, 1)));
  for (int i = 0; i < 100 && count("message") > 2; ++i) store_->maintain();
  EXPECT_EQ(count("message"), 2);
  EXPECT_EQ(count("orphan"), 0);
  EXPECT_EQ(fetch(id("INBOX")).at(0).octets, test_message(2));
  expect_clean();
}

TEST_F(ExpungeTest, PurgeWaits) {
  append_many("INBOX", 2);
  must(account_->expunge(id("INBOX"), everything()));
  store_->maintain();
  EXPECT_EQ(count("message"), 2);
}

}  // namespace
}  // namespace mailkeep::store
