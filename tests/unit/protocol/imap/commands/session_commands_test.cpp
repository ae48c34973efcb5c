#include "protocol/imap/commands/session_commands.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/accepts.h"
#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

using namespace std::string_literals;

class SessionCommands : public DialogTest {};

TEST(SessionCommandParsers, take_no_arguments) {
  for (const auto& [arguments, good] : {std::pair{"", true}, {" ", true}, {" x", false}}) {
    EXPECT_EQ(accepts(parse_capability, arguments), good);
    EXPECT_EQ(accepts(parse_noop, arguments), good);
    EXPECT_EQ(accepts(parse_logout, arguments), good);
    EXPECT_EQ(accepts(parse_check, arguments), good);
  }
}

TEST(SessionCommandParsers, read_id) {
  Decoder nil(" nil");
  EXPECT_TRUE(parse_id(nil)->fields.empty());
  Decoder empty(" ()");
  EXPECT_TRUE(parse_id(empty)->fields.empty());
  Decoder two(" (\"name\" \"mutt\" \"os\" NIL)");
  const auto command = parse_id(two);
  ASSERT_TRUE(command);
  ASSERT_EQ(command->fields.size(), 2U);
  EXPECT_EQ(command->fields[0], std::pair("name"s, "mutt"s));
  EXPECT_EQ(command->fields[1], std::pair("os"s, ""s));
}

TEST(SessionCommandParsers, refuse_broken_id) {
  for (const char* arguments : {"", " ", " x", " (", " (\"a\")", " (\"a\" \"b\"", " (a \"b\")",
                                " (\"a\" \"b\"\"c\" \"d\")", " NIL x"}) {
    EXPECT_FALSE(accepts(parse_id, arguments)) << arguments;
  }
}

TEST(SessionCommandParsers, keep_thirty_fields_of_id) {
  std::string arguments = " (";
  for (int i = 0; i < 40; ++i) arguments += "\"a\" \"b\" ";
  arguments.back() = ')';
  Decoder decoder(arguments);
  EXPECT_EQ(parse_id(decoder)->fields.size(), 30U);
}

TEST(SessionCommandParsers, read_enable) {
  Decoder decoder(" condstore X-Foo");
  EXPECT_EQ(parse_enable(decoder)->capabilities, (std::vector<std::string>{"CONDSTORE", "X-FOO"}));
  for (const char* arguments : {"", " ", " (", " a (", "a"}) {
    EXPECT_FALSE(accepts(parse_enable, arguments)) << arguments;
  }
}

TEST_F(SessionCommands, capability_before_log_in) {
  const std::string output = say("a CAPABILITY\r\n");
  EXPECT_TRUE(output.starts_with("* CAPABILITY IMAP4rev1 ")) << output;
  EXPECT_TRUE(output.ends_with("\r\na OK CAPABILITY completed\r\n")) << output;
  EXPECT_NE(output.find(" AUTH=PLAIN AUTH=LOGIN SASL-IR "), std::string::npos) << output;
  EXPECT_NE(greeting_.find("[CAPABILITY IMAP4rev1 "), std::string::npos);
}

TEST_F(SessionCommands, capability_after_log_in) {
  const std::string output = say_logged_in("a CAPABILITY\r\n");
  EXPECT_TRUE(output.starts_with("* CAPABILITY IMAP4rev1 ")) << output;
  EXPECT_EQ(output.find("AUTH="), std::string::npos) << output;
}

TEST_F(SessionCommands, capability_where_passwords_need_tls) {
  stream_.loopback = false;
  stream_.tls_possible = true;
  const std::string before = say("a CAPABILITY\r\n");
  EXPECT_NE(before.find(" STARTTLS LOGINDISABLED SASL-IR "), std::string::npos) << before;
  stream_.tls = true;
  stream_.tls_possible = false;
  const std::string after = say("a CAPABILITY\r\n");
  EXPECT_NE(after.find(" AUTH=PLAIN AUTH=LOGIN SASL-IR "), std::string::npos) << after;
}

TEST_F(SessionCommands, noop_in_any_state) {
  EXPECT_EQ(say("a NOOP\r\n"), "a OK NOOP completed\r\n");
  EXPECT_EQ(say_logged_in("a noop\r\n"), "a OK NOOP completed\r\n");
}

TEST_F(SessionCommands, logout_says_bye_and_ends) {
  EXPECT_EQ(say("a LOGOUT\r\nb NOOP\r\n"), "* BYE Logging out\r\na OK LOGOUT completed\r\n");
  EXPECT_EQ(events_.end_reason, "logout");
}

TEST_F(SessionCommands, check_needs_a_mailbox) {
  EXPECT_TRUE(say_logged_in("a CHECK\r\n").starts_with("a BAD "));
  EXPECT_TRUE(say_logged_in("a SELECT INBOX\r\nb CHECK\r\n").ends_with("b OK CHECK completed\r\n"));
}

TEST_F(SessionCommands, id_says_who_we_are) {
  EXPECT_EQ(say("a ID NIL\r\n"),
            "* ID (\"name\" \"Mailkeep\" \"vendor\" \"Mailkeep\")\r\na OK ID completed\r\n");
  settings_.version = "1.2";
  EXPECT_EQ(say("a ID (\"name\" \"x\")\r\n"),
            "* ID (\"name\" \"Mailkeep\" \"version\" \"1.2\" \"vendor\" \"Mailkeep\")\r\n"
            "a OK ID completed\r\n");
}

TEST_F(SessionCommands, enable_lists_what_is_new) {
  EXPECT_EQ(say_logged_in("a ENABLE CONDSTORE X-FOO condstore\r\nb ENABLE CONDSTORE\r\n"),
            "* ENABLED CONDSTORE\r\na OK ENABLE completed\r\n"
            "* ENABLED\r\nb OK ENABLE completed\r\n");
  EXPECT_EQ(say_logged_in("a ENABLE X-FOO\r\n"), "* ENABLED\r\na OK ENABLE completed\r\n");
}

// RFC 7162 3.1
TEST_F(SessionCommands, enable_condstore_tells_highestmodseq_of_the_selected_mailbox) {
  const std::string output = say_logged_in("a SELECT INBOX\r\nb ENABLE CONDSTORE\r\n");
  const std::string after = output.substr(output.find("a OK"));
  EXPECT_NE(after.find("* OK [HIGHESTMODSEQ "), std::string::npos);
  EXPECT_TRUE(after.ends_with("* ENABLED CONDSTORE\r\nb OK ENABLE completed\r\n"));
}

}  // namespace
}  // namespace mailkeep::imap
