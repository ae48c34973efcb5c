#include "protocol/imap/commands/status.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class StatusCommands : public DialogTest {};

TEST(StatusParser, reads_items_in_their_order_once) {
  Decoder decoder(" inbox (unseen MESSAGES UIDNEXT unseen)");
  const auto command = parse_status(decoder);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->name, "INBOX");
  EXPECT_EQ(command->items,
            (std::vector{StatusItem::unseen, StatusItem::messages, StatusItem::uid_next}));
}

TEST(StatusParser, refuses_what_is_none) {
  for (const char* arguments :
       {"", " a", " a ", " a ()", " a (", " a (MESSAGES", " a MESSAGES", " a (FOO)",
        " a (MESSAGES )", " a (MESSAGES) x", " a (MESSAGESX)"}) {
    Decoder decoder(arguments);
    EXPECT_FALSE(parse_status(decoder)) << arguments;
  }
}

TEST_F(StatusCommands, tells_the_counters) {
  deliver("INBOX", 3);
  const auto info = account().mailbox("INBOX").value();
  const store::FlagChange change{store::UidSet({2, 2}),
                                 store::FlagOperation::add,
                                 {store::flag::seen | store::flag::deleted, {}},
                                 {}};
  ASSERT_TRUE(account().change_flags(info.id, {&change, 1}).front());
  EXPECT_EQ(say_logged_in("a STATUS INBOX (MESSAGES RECENT UIDNEXT UNSEEN DELETED SIZE)\r\n"),
            "* STATUS INBOX (MESSAGES 3 RECENT 3 UIDNEXT 4 UNSEEN 2 DELETED 1 SIZE 54)\r\n"
            "a OK STATUS completed\r\n");
  EXPECT_EQ(say_logged_in("a STATUS inbox (UIDVALIDITY)\r\n"),
            "* STATUS INBOX (UIDVALIDITY " + std::to_string(info.uid_validity) +
                ")\r\na OK STATUS completed\r\n");
}

TEST_F(StatusCommands, takes_no_recent_from_anybody) {
  deliver("INBOX", 2);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(
        say_logged_in("a STATUS INBOX (RECENT)\r\n").starts_with("* STATUS INBOX (RECENT 2)"));
  }
  EXPECT_NE(say_logged_in("a SELECT INBOX\r\n").find("* 2 RECENT"), std::string::npos);
  EXPECT_TRUE(
      say_logged_in("a STATUS INBOX (RECENT)\r\n").starts_with("* STATUS INBOX (RECENT 0)"));
}

TEST_F(StatusCommands, counts_recent_messages_that_are_left) {
  deliver("INBOX", 3);
  ASSERT_TRUE(account().expunge(account().mailbox("INBOX")->id, store::UidSet({2, 2})));
  EXPECT_TRUE(
      say_logged_in("a STATUS INBOX (RECENT)\r\n").starts_with("* STATUS INBOX (RECENT 2)"));
}

TEST_F(StatusCommands, highestmodseq_is_the_mailbox_s) {
  deliver("INBOX", 1);
  const auto modseq = account().mailbox("INBOX")->highest_modseq.value;
  EXPECT_EQ(say_logged_in("a STATUS INBOX (HIGHESTMODSEQ)\r\nb ENABLE CONDSTORE\r\n"),
            "* STATUS INBOX (HIGHESTMODSEQ " + std::to_string(modseq) +
                ")\r\na OK STATUS completed\r\n* ENABLED\r\nb OK ENABLE completed\r\n");
}

TEST_F(StatusCommands, names_are_written_as_on_the_wire) {
  ASSERT_TRUE(account().create_mailbox("caf\xc3\xa9 x"));
  EXPECT_TRUE(say_logged_in("a STATUS \"caf&AOk- x\" (MESSAGES)\r\n")
                  .starts_with("* STATUS \"caf&AOk- x\" (MESSAGES 0)\r\n"));
}

TEST_F(StatusCommands, refuses_what_is_not_there) {
  EXPECT_TRUE(say_logged_in("a STATUS x (MESSAGES)\r\n").starts_with("a NO [NONEXISTENT] "));
  ASSERT_TRUE(account().create_mailbox("p/c"));
  ASSERT_TRUE(account().delete_mailbox("p"));
  EXPECT_TRUE(say_logged_in("a STATUS p (MESSAGES)\r\n").starts_with("a NO [CANNOT] "));
}

}  // namespace
}  // namespace mailkeep::imap
