// The TRANSACTION and UPDATE states (RFC 1939 5, 6, 7) as a client sees them.
#include "protocol/pop3/maildrop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/protocol/pop3/pop3_fixture.h"

namespace mailkeep::pop3 {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class Pop3Maildrop : public Pop3Test {
 protected:
  Pop3Maildrop() { deliver({"A: b\r\n\r\n1\r\n", "A: b\r\n\r\n22\r\n", "A: b\r\n\r\n333\r\n"}); }

  std::string uid_validity() { return std::to_string(account().mailbox("INBOX")->uid_validity); }
};

TEST_F(Pop3Maildrop, StatAndListCountOctets) {
  EXPECT_EQ(run_logged_in("STAT\r\nLIST\r\nLIST 2\r\nLIST 4\r\nLIST 0\r\n"),
            "+OK 3 36\r\n+OK 3 messages\r\n1 11\r\n2 12\r\n3 13\r\n.\r\n+OK 2 12\r\n"
            "-ERR No such message\r\n-ERR No such message\r\n");
}

TEST_F(Pop3Maildrop, AnEmptyOneHasAnEmptyList) {
  store::UidSet all({1, 100});
  ASSERT_TRUE(account().expunge(account().mailbox("INBOX")->id, all));
  EXPECT_EQ(run_logged_in("STAT\r\nLIST\r\nUIDL\r\nRETR 1\r\n"),
            "+OK 0 0\r\n+OK 0 messages\r\n.\r\n+OK 0 messages\r\n.\r\n-ERR No such message\r\n");
}

TEST_F(Pop3Maildrop, UniqueIdsStayTheSame) {
  const std::string first = uid_validity() + ".1";
  EXPECT_EQ(run_logged_in("UIDL 1\r\nDELE 1\r\nUIDL\r\nQUIT\r\n"),
            "+OK 1 " + first + "\r\n+OK Marked to be deleted\r\n+OK 2 messages\r\n2 " +
                uid_validity() + ".2\r\n3 " + uid_validity() + ".3\r\n.\r\n+OK Bye\r\n");
  stream_.output.clear();
  EXPECT_EQ(run_logged_in("UIDL 1\r\n"), "+OK 1 " + uid_validity() + ".2\r\n");
}

TEST_F(Pop3Maildrop, DeletedMessagesAreGoneForTheSession) {
  EXPECT_EQ(run_logged_in("DELE 2\r\nSTAT\r\nLIST\r\nLIST 2\r\nRETR 2\r\nTOP 2 0\r\nUIDL 2\r\n"
                          "DELE 2\r\nDELE 9\r\n"),
            "+OK Marked to be deleted\r\n+OK 2 24\r\n+OK 2 messages\r\n1 11\r\n3 13\r\n.\r\n"
            "-ERR Message is deleted\r\n-ERR Message is deleted\r\n-ERR Message is deleted\r\n"
            "-ERR Message is deleted\r\n-ERR Message is deleted\r\n-ERR No such message\r\n");
}

TEST_F(Pop3Maildrop, RsetBringsThemBack) {
  EXPECT_EQ(run_logged_in("DELE 1\r\nDELE 2\r\nRSET\r\nSTAT\r\nQUIT\r\n"),
            "+OK Marked to be deleted\r\n+OK Marked to be deleted\r\n+OK 3 36\r\n+OK 3 36\r\n"
            "+OK Bye\r\n");
  EXPECT_EQ(messages_in_inbox(), 3U);
}

TEST_F(Pop3Maildrop, OnlyQuitDeletes) {  // RFC 1939 6
  run_logged_in("DELE 1\r\nDELE 3\r\n");
  EXPECT_EQ(messages_in_inbox(), 3U);
  run_logged_in("DELE 1\r\nDELE 3\r\nQUIT\r\n");
  EXPECT_EQ(messages_in_inbox(), 1U);
}

TEST_F(Pop3Maildrop, NumbersDoNotChangeWhenMailComesOrGoes) {
  stream_.say("STAT\r\n");
  stream_.events.push_back(
      {protocol::ReadStatus::data, "STAT\r\nRETR 1\r\nRETR 2\r\nTOP 1 0\r\nDELE 1\r\nQUIT\r\n",
       [&] {
         deliver({"A: b\r\n\r\n4444\r\n"});
         ASSERT_TRUE(account().expunge(account().mailbox("INBOX")->id, store::UidSet({1, 1})));
       }});
  EXPECT_EQ(run_logged_in(""),
            "+OK 3 36\r\n+OK 3 36\r\n-ERR Message is gone\r\n"
            "+OK 12 octets\r\nA: b\r\n\r\n22\r\n.\r\n-ERR Message is gone\r\n"
            "+OK Marked to be deleted\r\n+OK Bye\r\n");
  EXPECT_EQ(messages_in_inbox(), 3U);
}

TEST_F(Pop3Maildrop, TwoSessionsMayDeleteTheSameMessage) {
  stream_.say("DELE 1\r\n");
  stream_.events.push_back(
      {protocol::ReadStatus::data, "QUIT\r\n", [&] {
         ASSERT_TRUE(account().expunge(account().mailbox("INBOX")->id, store::UidSet({1, 2})));
       }});
  EXPECT_THAT(run_logged_in(""), EndsWith("+OK Bye\r\n"));
  EXPECT_EQ(messages_in_inbox(), 1U);
}

TEST_F(Pop3Maildrop, LongListsLeaveInPieces) {
  std::vector<std::string> many(8000, "A: b\r\n\r\n");
  deliver(many);
  const std::string replies = run_logged_in("LIST\r\n");
  EXPECT_THAT(replies, EndsWith("\r\n8003 8\r\n.\r\n"));
  EXPECT_GT(stream_.writes, 2U);
}

}  // namespace
}  // namespace mailkeep::pop3
