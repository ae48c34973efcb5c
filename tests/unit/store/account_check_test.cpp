#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class CheckTest : public StoreTest {
 protected:
  CheckTest() {
    append_many("INBOX", 3);
    must(account_->copy(id("INBOX"), range(2, 2), "Sent"));
    must(account_->expunge(id("INBOX"), range(3, 3)));
  }
  // The only problem that is found after `sql`.
  std::string problem_after(const std::string& sql) {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute(sql);
    CheckReport report = must(account_->check());
    EXPECT_EQ(report.problems.size(), 1U);
    return report.problems.empty() ? "" : report.problems.front();
  }
};

TEST_F(CheckTest, FindsNothingInASoundAccount) {
  CheckReport report = must(account_->check());
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.mailboxes, 6U);
  EXPECT_EQ(report.messages, 3U);
}

TEST_F(CheckTest, FindsWrongCounters) {
  EXPECT_EQ(problem_after("UPDATE mailbox SET unseen = 9 WHERE name = 'INBOX'"),
            "Mailbox \"INBOX\": its count of unseen messages is 9, but there are 2.");
}

TEST_F(CheckTest, FindsWrongUids) {
  EXPECT_EQ(problem_after("UPDATE mailbox SET uid_next = 2 WHERE name = 'INBOX'"),
            "Mailbox \"INBOX\" has a UID that is not below its next one.");
}

TEST_F(CheckTest, FindsWrongModseqs) {
  change(id("INBOX"), {range(1, 1), FlagOperation::add, {flag::answered, {}}, {}});
  EXPECT_EQ(problem_after("DELETE FROM changed"),
            "Mailbox \"INBOX\" has 1 changed messages that its list of changes does not have.");
}

TEST_F(CheckTest, FindsWrongReferences) {
  EXPECT_EQ(problem_after("DELETE FROM shared_message"),
            "Message 2 is in 2 places, but 1 are counted.");
}

TEST_F(CheckTest, FindsForgottenMessages) {
  EXPECT_EQ(problem_after("DELETE FROM orphan"),
            "Message 3 is in no mailbox and not to be purged.");
}

TEST_F(CheckTest, FindsChangedContent) {
  EXPECT_EQ(problem_after("UPDATE content SET codec = 0, data = zeroblob(40) "
                          "WHERE id / 65536 = 1"),
            "The content of message 1 has another hash.");
}

TEST_F(CheckTest, FindsMissingContent) {
  EXPECT_EQ(problem_after("DELETE FROM content WHERE id / 65536 = 1"),
            "The content of message 1 is missing.");
}

TEST_F(CheckTest, FindsMissingMessages) {
  EXPECT_EQ(problem_after("DELETE FROM message WHERE id = 1"),
            "Message 1 is in a mailbox but its content is not there.");
}

TEST_F(CheckTest, FindsRowsWithoutAMailbox) {
  EXPECT_EQ(problem_after("UPDATE mailbox_message SET mailbox_id = 99 WHERE uid = 1 AND "
                          "mailbox_id = (SELECT id FROM mailbox WHERE name = 'Sent');"
                          "UPDATE mailbox SET messages = 0, unseen = 0, size_bytes = 0 "
                          "WHERE name = 'Sent'"),
            "1 messages are in a mailbox that is not there.");
}

}  // namespace
}  // namespace mailkeep::store
