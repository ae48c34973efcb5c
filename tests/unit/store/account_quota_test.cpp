#include "store/quota.h"
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class QuotaTest : public StoreTest {
 protected:
  QuotaUsage usage() { return must(account_->quota()).usage; }
  void limit(const QuotaLimits& limits) { must(account_->set_quota(limits)); }
};

TEST_F(QuotaTest, UsageFollowsEveryChange) {
  EXPECT_EQ(usage(), (QuotaUsage{0, 0, 6}));
  const std::string octets = test_message(1);
  append("INBOX", octets);
  append("INBOX", octets);
  EXPECT_EQ(usage(), (QuotaUsage{2 * octets.size(), 2, 6}));
  must(account_->copy(id("INBOX"), everything(), "Archive"));
  EXPECT_EQ(usage(), (QuotaUsage{4 * octets.size(), 4, 6}));
  must(account_->move(id("INBOX"), range(1, 1), "Archive"));
  EXPECT_EQ(usage(), (QuotaUsage{4 * octets.size(), 4, 6}));
  must(account_->rename_mailbox("INBOX", "old/inbox"));
  EXPECT_EQ(usage(), (QuotaUsage{4 * octets.size(), 4, 8}));
  must(account_->expunge(id("Archive"), range(1, 2)));
  must(account_->delete_mailbox("old/inbox"));
  EXPECT_EQ(usage(), (QuotaUsage{octets.size(), 1, 7}));
  expect_clean();
}

TEST_F(QuotaTest, LimitsAreKeptAndTakenAway) {
  const QuotaLimits limits{1000, 10, std::nullopt};
  limit(limits);
  reopen();
  EXPECT_EQ(must(account_->quota()).limits, limits);
  limit({});
  EXPECT_EQ(must(account_->quota()).limits, QuotaLimits{});
}

TEST_F(QuotaTest, EachLimitIsReachedAndNotPassed) {
  const std::string octets = test_message(1);
  limit({.bytes = 3 * octets.size(), .messages = {}, .mailboxes = {}});
  append("INBOX", octets);
  append("INBOX", octets);
  EXPECT_EQ(account_->copy(id("INBOX"), everything(), "Archive").error(), StoreError::over_quota);
  append("INBOX", octets);
  EXPECT_EQ(try_append("INBOX", "x").error(), StoreError::over_quota);
  must(account_->move(id("INBOX"), everything(), "Archive"));

  limit({.bytes = {}, .messages = 4, .mailboxes = {}});
  append("INBOX", octets);
  EXPECT_EQ(try_append("INBOX", octets).error(), StoreError::over_quota);
  EXPECT_EQ(account_->copy(id("INBOX"), everything(), "Archive").error(), StoreError::over_quota);

  limit({.bytes = {}, .messages = {}, .mailboxes = 8});
  EXPECT_EQ(account_->create_mailbox("a/b/c").error(), StoreError::over_quota);
  must(account_->create_mailbox("a/b"));
  EXPECT_EQ(account_->create_mailbox("c").error(), StoreError::over_quota);
  EXPECT_EQ(account_->rename_mailbox("INBOX", "c").error(), StoreError::over_quota);
  expect_clean();
}

TEST_F(QuotaTest, LimitsBelowWhatIsUsedLetMailOut) {
  append_many("INBOX", 3);
  limit({.bytes = 1, .messages = 1, .mailboxes = 1});
  EXPECT_EQ(try_append("INBOX", "x").error(), StoreError::over_quota);
  must(account_->move(id("INBOX"), range(1, 1), "Trash"));
  must(account_->expunge(id("INBOX"), everything()));
  must(account_->delete_mailbox("Junk"));
}

TEST_F(QuotaTest, AMessageAtTheLimitIsReplacedByASmallerOne) {
  append("INBOX", test_message(1, 500));
  limit({.bytes = usage().bytes, .messages = 1, .mailboxes = {}});
  const AppendResult added = must(account_->replace(
      id("INBOX"), Uid{1}, "INBOX", make_message(test_message(2), {flag::seen, {}})));
  EXPECT_EQ(added.uids, range(2, 2));
  EXPECT_EQ(info("INBOX").messages, 1U);
  EXPECT_EQ(
      account_->replace(id("INBOX"), Uid{2}, "INBOX", make_message(test_message(2, 5000))).error(),
      StoreError::over_quota);
  EXPECT_EQ(info("INBOX").messages, 1U);
  expect_clean();
}

TEST_F(QuotaTest, ReplaceIsAllOrNothing) {
  append_many("INBOX", 2);
  EXPECT_EQ(account_->replace(id("INBOX"), Uid{7}, "Drafts", make_message("x")).error(),
            StoreError::message_gone);
  EXPECT_EQ(account_->replace(id("INBOX"), Uid{1}, "nowhere", make_message("x")).error(),
            StoreError::no_such_mailbox);
  EXPECT_EQ(info("INBOX").messages, 2U);
  must(account_->replace(id("INBOX"), Uid{1}, "Drafts", make_message("x", {flag::draft, {}})));
  EXPECT_EQ(info("INBOX").messages, 1U);
  EXPECT_EQ(fetch(id("Drafts")).at(0).octets, "x");
  expect_clean();
}

TEST_F(QuotaTest, ACheckFindsWrongUsage) {
  append_many("INBOX", 2);
  {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute("UPDATE account_state SET used_bytes = 1");
  }
  EXPECT_EQ(must(account_->check()).problems.size(), 1U);
}

}  // namespace
}  // namespace mailkeep::store
