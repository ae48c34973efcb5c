#include "protocol/imap/commands/list.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class ListCommands : public DialogTest {
 protected:
  void make(std::initializer_list<const char*> names) {
    for (const char* name : names) ASSERT_TRUE(account().create_mailbox(name)) << name;
  }
  void subscribe(std::initializer_list<const char*> names) {
    const auto before = account().subscriptions().value();
    for (const std::string& name : before) {
      ASSERT_TRUE(account().subscribe(name, false));
    }
    for (const char* name : names) ASSERT_TRUE(account().subscribe(name, true)) << name;
  }
  // The untagged responses to one command that is completed.
  std::string listed(const std::string& command) {
    std::string output = say_logged_in("a " + command + "\r\n");
    const std::size_t end = output.find("a OK ");
    EXPECT_NE(end, std::string::npos) << output;
    return output.substr(0, end);
  }
};

TEST(ListParsers, read_reference_and_pattern_as_they_are) {
  Decoder decoder(" \"\" inbox/%");
  const auto command = parse_list(decoder);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->query.patterns, std::vector<std::string>{"inbox/%"});
  EXPECT_FALSE(command->query.extended);
  Decoder lsub(" ref \"a b*\"");
  EXPECT_EQ(parse_lsub(lsub)->pattern, "a b*");
  for (const char* arguments : {"", " ", " a", " a ", " a b c", " % b", " (a) b"}) {
    Decoder one(arguments);
    EXPECT_FALSE(parse_list(one)) << arguments;
    Decoder two(arguments);
    EXPECT_FALSE(parse_lsub(two)) << arguments;
  }
}

// RFC 5258 6
TEST(ListParsers, read_extended_lists) {
  Decoder decoder(
      " (SUBSCRIBED remote RECURSIVEMATCH) p/ (a \"\" b%) RETURN (CHILDREN "
      "STATUS (MESSAGES UIDNEXT) MYRIGHTS)");
  const auto command = parse_list(decoder);
  ASSERT_TRUE(command) << command.error().text;
  const ListQuery& query = command->query;
  EXPECT_TRUE(query.extended);
  EXPECT_EQ(query.patterns, (std::vector<std::string>{"p/a", "", "p/b%"}));
  EXPECT_TRUE(query.selection.subscribed);
  EXPECT_TRUE(query.selection.recursive_match);
  EXPECT_TRUE(query.wanted.subscribed);
  EXPECT_TRUE(query.wanted.my_rights);
  EXPECT_EQ(query.wanted.status.size(), 2U);
}

TEST(ListParsers, refuse_wrong_options_where_they_stand) {
  const std::pair<const char*, std::size_t> wrong[] = {
      {" (RECURSIVEMATCH) a b", 1},
      {" (REMOTE RECURSIVEMATCH) a b", 1},
      {" (CHILDREN) a b", 2},
      {" (SUBSCRIBED a b", 13},
      {" () a b RETURN", 14},
      {" () a b RETURN (X)", 16},
      {" a b RETURN (STATUS)", 19},
      {" a () ", 4},
      {" a (b", 5},
      {" a b RETURN (STATUS ())", 21},
  };
  for (const auto& [arguments, position] : wrong) {
    Decoder decoder(arguments);
    const auto command = parse_list(decoder);
    ASSERT_FALSE(command) << arguments;
    EXPECT_EQ(command.error().position, position) << arguments << ": " << command.error().text;
  }
  std::string many = " a (b";
  for (std::size_t i = 0; i < kMaxListPatterns; ++i) many += " b";
  Decoder decoder(many += ')');
  EXPECT_FALSE(parse_list(decoder));
}

// RFC 5258 5, examples 2 and 8 to 10
TEST_F(ListCommands, selects_subscriptions_and_parents_of_them) {
  make({"Foo/Bar", "Foo/Baz", "Moo"});
  subscribe({"Foo/Baz", "Foo/Gone", "Moo"});
  EXPECT_EQ(listed("LIST (SUBSCRIBED) \"\" *"),
            "* LIST (\\HasNoChildren \\Subscribed) \"/\" Foo/Baz\r\n"
            "* LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" Foo/Gone\r\n"
            "* LIST (\\HasNoChildren \\Subscribed) \"/\" Moo\r\n");
  EXPECT_EQ(listed("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %"),
            "* LIST (\\HasChildren) \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n"
            "* LIST (\\HasNoChildren \\Subscribed) \"/\" Moo\r\n");
  // The child is told, so that its parent need not be (RFC 5258 3.5).
  EXPECT_EQ(listed("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" Foo*"),
            "* LIST (\\HasNoChildren \\Subscribed) \"/\" Foo/Baz\r\n"
            "* LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" Foo/Gone\r\n");
  subscribe({"Foo", "Foo/Baz"});
  EXPECT_EQ(listed("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" Foo"),
            "* LIST (\\HasChildren \\Subscribed) \"/\" Foo "
            "(\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n");
}

// RFC 6154 5.1
TEST_F(ListCommands, selects_special_uses) {
  make({"a/b"});
  EXPECT_EQ(listed("LIST (SPECIAL-USE) \"\" (\"S*\" a \"T*\" \"*t\")"),
            "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
            "* LIST (\\HasNoChildren \\Trash) \"/\" Trash\r\n");
}

// RFC 5258 3: an empty pattern is no special request there.
TEST_F(ListCommands, an_empty_pattern_matches_nothing_in_an_extended_list) {
  EXPECT_EQ(listed("LIST () \"\" \"\""), "");
  EXPECT_EQ(listed("LIST \"\" (\"\" Sent)"), "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n");
}

// RFC 5819 2
TEST_F(ListCommands, tells_status_of_what_can_be_selected) {
  make({"a/b"});
  ASSERT_TRUE(account().delete_mailbox("a"));
  deliver("a/b", 2);
  EXPECT_EQ(listed("LIST \"\" a* RETURN (STATUS (MESSAGES))"),
            "* LIST (\\Noselect \\HasChildren) \"/\" a\r\n"
            "* LIST (\\HasNoChildren) \"/\" a/b\r\n"
            "* STATUS a/b (MESSAGES 2)\r\n");
}

TEST_F(ListCommands, tells_subscriptions_and_rights_where_asked) {
  subscribe({"Sent"});
  EXPECT_EQ(listed("LIST \"\" (Sent Trash) RETURN (SUBSCRIBED MYRIGHTS)"),
            "* LIST (\\HasNoChildren \\Subscribed \\Sent) \"/\" Sent\r\n"
            "* MYRIGHTS Sent lrswipkxteacd\r\n"
            "* LIST (\\HasNoChildren \\Trash) \"/\" Trash\r\n"
            "* MYRIGHTS Trash lrswipkxteacd\r\n");
}

TEST_F(ListCommands, lists_all_with_their_attributes) {
  make({"a/b"});
  EXPECT_EQ(listed("LIST \"\" *"),
            "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
            "* LIST (\\HasNoChildren \\Archive) \"/\" Archive\r\n"
            "* LIST (\\HasNoChildren \\Drafts) \"/\" Drafts\r\n"
            "* LIST (\\HasNoChildren \\Junk) \"/\" Junk\r\n"
            "* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"
            "* LIST (\\HasNoChildren \\Trash) \"/\" Trash\r\n"
            "* LIST (\\HasChildren) \"/\" a\r\n"
            "* LIST (\\HasNoChildren) \"/\" a/b\r\n");
}

TEST_F(ListCommands, a_deleted_parent_cannot_be_selected) {
  make({"a/b"});
  ASSERT_TRUE(account().delete_mailbox("a"));
  EXPECT_EQ(listed("LIST \"\" a"), "* LIST (\\Noselect \\HasChildren) \"/\" a\r\n");
}

TEST_F(ListCommands, percent_stops_at_a_level) {
  make({"a/b/c"});
  EXPECT_EQ(listed("LIST \"\" a/%"), "* LIST (\\HasChildren) \"/\" a/b\r\n");
  EXPECT_EQ(listed("LIST a/ %"), "* LIST (\\HasChildren) \"/\" a/b\r\n");
  EXPECT_EQ(listed("LIST a/b %"), "* LIST (\\HasChildren) \"/\" a/b\r\n");
  EXPECT_EQ(listed("LIST nowhere/ *"), "");
}

TEST_F(ListCommands, an_empty_pattern_asks_for_the_delimiter) {
  EXPECT_EQ(listed("LIST \"\" \"\""), "* LIST (\\Noselect) \"/\" \"\"\r\n");
  EXPECT_EQ(listed("LIST a/b \"\""), "* LIST (\\Noselect) \"/\" \"\"\r\n");
}

TEST_F(ListCommands, inbox_matches_in_any_case) {
  EXPECT_EQ(listed("LIST \"\" inbox"), "* LIST (\\HasNoChildren) \"/\" INBOX\r\n");
  EXPECT_EQ(listed("LIST \"\" iNb%"), "* LIST (\\HasNoChildren) \"/\" INBOX\r\n");
}

TEST_F(ListCommands, names_are_modified_utf7) {
  make({"caf\xc3\xa9 & co"});
  const std::string line = "* LIST (\\HasNoChildren) \"/\" \"caf&AOk- &- co\"\r\n";
  EXPECT_EQ(listed("LIST \"\" \"caf&AOk- &- co\""), line);
  EXPECT_EQ(listed("LIST \"\" caf&A*"), line);
  EXPECT_EQ(listed("LIST \"\" \"caf\xc3\xa9*\""), "");
}

TEST_F(ListCommands, lists_more_than_the_output_holds_at_once) {
  std::string expected;
  for (int i = 0; i < 900; ++i) {
    const std::string name = "box-" + std::to_string(1'000 + i) + std::string(100, 'x');
    ASSERT_TRUE(account().create_mailbox(name));
    expected += "* LIST (\\HasNoChildren) \"/\" " + name + "\r\n";
  }
  EXPECT_EQ(listed("LIST \"\" box*"), expected);
}

TEST_F(ListCommands, lsub_lists_subscriptions) {
  make({"a/b", "c"});
  subscribe({"a/b", "c"});
  EXPECT_EQ(listed("LSUB \"\" *"), "* LSUB () \"/\" a/b\r\n* LSUB () \"/\" c\r\n");
  EXPECT_EQ(listed("LSUB a/ %"), "* LSUB () \"/\" a/b\r\n");
  EXPECT_EQ(listed("LSUB \"\" x"), "");
}

// RFC 3501 6.3.9
TEST_F(ListCommands, lsub_with_percent_shows_parents_of_subscriptions) {
  make({"a/b/c", "a/d", "e/f"});
  subscribe({"a/b/c", "a/d", "e", "e/f"});
  EXPECT_EQ(listed("LSUB \"\" %"), "* LSUB (\\Noselect) \"/\" a\r\n* LSUB () \"/\" e\r\n");
  EXPECT_EQ(listed("LSUB \"\" a/%"), "* LSUB (\\Noselect) \"/\" a/b\r\n* LSUB () \"/\" a/d\r\n");
  EXPECT_EQ(listed("LSUB \"\" a"), "");
}

}  // namespace
}  // namespace mailkeep::imap
