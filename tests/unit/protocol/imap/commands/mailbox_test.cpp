#include "protocol/imap/commands/mailbox.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/accepts.h"
#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class MailboxCommands : public DialogTest {};

TEST(MailboxParsers, read_one_name) {
  Decoder create(" caf&AOk-/");
  EXPECT_EQ(parse_create(create)->name, "caf\xc3\xa9");
  Decoder remove(" \"a b\"");
  EXPECT_EQ(parse_delete(remove)->name, "a b");
  Decoder subscribe(" inbox");
  EXPECT_EQ(parse_subscribe(subscribe)->name, "INBOX");
  Decoder unsubscribe(" x");
  EXPECT_FALSE(parse_unsubscribe(unsubscribe)->subscribe);
  for (const char* arguments : {"", " ", " a b", "a", " &x", " (a)", " a%"}) {
    EXPECT_FALSE(accepts(parse_create, arguments)) << arguments;
    EXPECT_FALSE(accepts(parse_delete, arguments)) << arguments;
    EXPECT_FALSE(accepts(parse_subscribe, arguments)) << arguments;
    EXPECT_FALSE(accepts(parse_unsubscribe, arguments)) << arguments;
  }
}

TEST(MailboxParsers, create_takes_one_separator_off) {
  Decoder slash(" /");
  EXPECT_EQ(parse_create(slash)->name, "");
  Decoder two(" a//");
  EXPECT_EQ(parse_create(two)->name, "a/");
}

TEST(MailboxParsers, read_two_names) {
  Decoder decoder(" a \"b c\"");
  const auto command = parse_rename(decoder);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->from, "a");
  EXPECT_EQ(command->to, "b c");
  for (const char* arguments : {"", " a", " a ", " a b c"}) {
    EXPECT_FALSE(accepts(parse_rename, arguments)) << arguments;
  }
}

TEST(MailboxParsers, namespace_takes_nothing) {
  EXPECT_TRUE(accepts(parse_namespace, ""));
  EXPECT_FALSE(accepts(parse_namespace, " x"));
}

TEST_F(MailboxCommands, create_and_delete) {
  EXPECT_EQ(say_without_ids("a CREATE a/b/\r\nb CREATE a/b\r\nc DELETE a/b\r\nd DELETE a/b\r\n"),
            "a OK CREATE completed\r\n"
            "b NO [ALREADYEXISTS] " +
                std::string(store::describe(store::StoreError::mailbox_exists)) +
                "\r\n"
                "c OK DELETE completed\r\n"
                "d NO [NONEXISTENT] " +
                std::string(store::describe(store::StoreError::no_such_mailbox)) + "\r\n");
  EXPECT_TRUE(account().mailbox("a"));
}

TEST_F(MailboxCommands, inbox_is_there_and_stays) {
  EXPECT_TRUE(say_logged_in("a CREATE inbox\r\n").starts_with("a NO [ALREADYEXISTS] "));
  EXPECT_TRUE(say_logged_in("a DELETE InBox\r\n").starts_with("a NO [CANNOT] "));
}

TEST_F(MailboxCommands, names_that_cannot_be_are_refused) {
  for (const char* name : {"\"\"", "/", "a//b", "/a"}) {
    const std::string output = say_logged_in(std::string("a CREATE ") + name + "\r\n");
    EXPECT_TRUE(output.starts_with("a NO [CANNOT] ")) << name << " " << output;
  }
}

TEST_F(MailboxCommands, rename) {
  EXPECT_EQ(say_without_ids("a CREATE x\r\nb RENAME x y\r\n"),
            "a OK CREATE completed\r\nb OK RENAME completed\r\n");
  EXPECT_TRUE(account().mailbox("y"));
  EXPECT_TRUE(say_logged_in("a RENAME x z\r\n").starts_with("a NO [NONEXISTENT] "));
  EXPECT_TRUE(say_logged_in("a RENAME y INBOX\r\n").starts_with("a NO [ALREADYEXISTS] "));
}

TEST_F(MailboxCommands, subscribe_and_unsubscribe) {
  EXPECT_EQ(say_without_ids("a CREATE x\r\nb SUBSCRIBE x\r\nc LSUB \"\" x\r\nd UNSUBSCRIBE x\r\n"
                            "e LSUB \"\" x\r\n"),
            "a OK CREATE completed\r\nb OK SUBSCRIBE completed\r\n"
            "* LSUB () \"/\" x\r\nc OK LSUB completed\r\n"
            "d OK UNSUBSCRIBE completed\r\ne OK LSUB completed\r\n");
}

TEST_F(MailboxCommands, namespaces_are_the_own_one_and_that_of_others) {
  EXPECT_EQ(
      say_logged_in("a NAMESPACE\r\n"),
      "* NAMESPACE ((\"\" \"/\")) ((\"Other Users/\" \"/\")) NIL\r\na OK NAMESPACE completed\r\n");
}

TEST_F(MailboxCommands, need_a_log_in) {
  for (const char* command : {"CREATE x", "DELETE x", "RENAME x y", "SUBSCRIBE x", "UNSUBSCRIBE x",
                              "NAMESPACE", "LIST \"\" *", "LSUB \"\" *", "STATUS x (MESSAGES)"}) {
    EXPECT_TRUE(say(std::string("a ") + command + "\r\n").starts_with("a BAD ")) << command;
  }
}

}  // namespace
}  // namespace mailkeep::imap
