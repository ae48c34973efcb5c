#include "protocol/imap/commands/uid_batches.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class Batches : public DialogTest {
 protected:
  std::string say_selected(const std::string& input) {
    const std::string output = say_logged_in("y SELECT INBOX\r\n" + input);
    const std::size_t selected = output.find("\ny OK");
    return output.substr(output.find('\n', selected + 1) + 1);
  }
};

TEST_F(Batches, follow_one_another_down_to_the_first_uid) {
  deliver("INBOX", 1'250);
  ASSERT_TRUE(account().expunge(account().mailbox("INBOX")->id, store::UidSet({700, 849})));
  EXPECT_EQ(say_selected("a UIDBATCHES 500\r\n"),
            "* UIDBATCHES (TAG \"a\") 1250:601,600:101,100:1\r\na OK UIDBATCHES completed\r\n");
  EXPECT_EQ(say_selected("a UIDBATCHES 500 2:2\r\n"),
            "* UIDBATCHES (TAG \"a\") 600:101\r\na OK UIDBATCHES completed\r\n");
  EXPECT_EQ(say_selected("a UIDBATCHES 500 2:9\r\n"),
            "* UIDBATCHES (TAG \"a\") 600:101,100:1\r\na OK UIDBATCHES completed\r\n");
  EXPECT_EQ(say_selected("a UIDBATCHES 4294967295\r\n"),
            "* UIDBATCHES (TAG \"a\") 1250:1\r\na OK UIDBATCHES completed\r\n");
}

TEST_F(Batches, of_nothing_are_none) {
  EXPECT_EQ(say_selected("a UIDBATCHES 500\r\n"),
            "* UIDBATCHES (TAG \"a\")\r\na OK UIDBATCHES completed\r\n");
  deliver("INBOX", 1);
  EXPECT_EQ(say_selected("a UIDBATCHES 500 2:4294967295\r\n"),
            "* UIDBATCHES (TAG \"a\")\r\na OK UIDBATCHES completed\r\n");
  EXPECT_EQ(say_selected("a UIDBATCHES 500\r\n"),
            "* UIDBATCHES (TAG \"a\") 1:1\r\na OK UIDBATCHES completed\r\n");
}

TEST_F(Batches, hold_no_more_than_one_command_works_on) {
  settings_.message_limit = 600;
  deliver("INBOX", 1'250);
  EXPECT_EQ(say_selected("a UIDBATCHES 1000\r\n"),
            "* UIDBATCHES (TAG \"a\") 1250:651,650:51,50:1\r\na OK UIDBATCHES completed\r\n");
  EXPECT_EQ(say_selected("a UIDBATCHES 500 3:3\r\n"),
            "* UIDBATCHES (TAG \"a\") 250:1\r\na OK UIDBATCHES completed\r\n");
}

TEST_F(Batches, of_few_messages_and_in_wrong_forms_are_refused) {
  EXPECT_EQ(say_selected("a UIDBATCHES 499\r\n").find("a NO [TOOFEW] "), 0U);
  EXPECT_EQ(say_selected("a UIDBATCHES 500 3:2\r\n"),
            "a BAD [CLIENTBUG] the first batch comes before the last, at octet 18\r\n");
  for (const char* wrong :
       {"", " x", " 0", " 500 1", " 500 1:", " 500 0:1", " 500 1:*", " 500 1:2 x"}) {
    const std::string output = say_selected("a UIDBATCHES" + std::string(wrong) + "\r\n");
    EXPECT_EQ(output.find("a BAD "), 0U) << output;
    EXPECT_NE(output.find(", at octet "), std::string::npos) << output;
  }
}

}  // namespace
}  // namespace mailkeep::imap
