#include "protocol/imap/command_table.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

constexpr std::string_view kNames[] = {
    "APPEND",    "AUTHENTICATE", "CAPABILITY", "CHECK",     "CLOSE",    "COPY",
    "CREATE",    "DELETE",       "ENABLE",     "EXAMINE",   "EXPUNGE",  "FETCH",
    "ID",        "IDLE",         "LIST",       "LOGIN",     "LOGOUT",   "LSUB",
    "MOVE",      "NAMESPACE",    "NOOP",       "RENAME",    "SEARCH",   "SELECT",
    "STARTTLS",  "STATUS",       "STORE",      "SUBSCRIBE", "UID COPY", "UID EXPUNGE",
    "UID FETCH", "UID MOVE",     "UID SEARCH", "UID STORE", "UNSELECT", "UNSUBSCRIBE",
};

TEST(CommandTable, finds_every_command_in_any_case) {
  for (const std::string_view name : kNames) {
    const CommandEntry* entry = find_command(name);
    ASSERT_NE(entry, nullptr) << name;
    EXPECT_EQ(entry->name, name);
    EXPECT_NE(entry->parse, nullptr);
    std::string lower(name);
    for (char& c : lower) c = static_cast<char>(std::tolower(c));
    EXPECT_EQ(find_command(lower), entry);
  }
}

TEST(CommandTable, finds_nothing_else) {
  for (const std::string_view name :
       {"", "A", "NOO", "NOOPS", "UID", "UID ", "UID NOOP", "ZZZ", "\xff"}) {
    EXPECT_EQ(find_command(name), nullptr) << name;
  }
}

unsigned states(std::string_view name) {
  return find_command(name)->states;
}

// RFC 3501 6.1 to 6.4
TEST(CommandTable, allows_commands_in_their_states) {
  EXPECT_EQ(states("NOOP"), kAnyState);
  EXPECT_EQ(states("LOGOUT"), kAnyState);
  EXPECT_EQ(states("LOGIN"), kBeforeLogin);
  EXPECT_EQ(states("STARTTLS"), kBeforeLogin);
  EXPECT_EQ(states("SELECT"), kAfterLogin);
  EXPECT_EQ(states("APPEND"), kAfterLogin);
  EXPECT_EQ(states("CHECK"), kSelected);
  EXPECT_EQ(states("UID FETCH"), kSelected);
}

// RFC 3501 7.4.1: not while FETCH, STORE or SEARCH run; the UID commands may tell them.
TEST(CommandTable, holds_expunges_while_sequence_numbers_count) {
  for (const std::string_view name : kNames) {
    EXPECT_EQ(find_command(name)->holds_expunges,
              name == "FETCH" || name == "STORE" || name == "SEARCH")
        << name;
  }
}

TEST(CommandTable, gives_the_command_of_the_name) {
  Decoder create(" a/");
  const auto command = find_command("CREATE")->parse(create);
  ASSERT_TRUE(command);
  EXPECT_EQ(std::get<CreateCommand>(*command).name, "a");
  Decoder nothing("");
  EXPECT_FALSE(find_command("CREATE")->parse(nothing));
}

// Whatever is wrong with a command, its parser says what, and where in the text.
TEST(CommandTable, has_parsers_that_tell_where_the_mistake_is) {
  const std::string deep(200, '(');
  const std::string_view arguments[] = {"  ",
                                        " (",
                                        " )",
                                        " \"",
                                        " \"x",
                                        " {",
                                        " {3}",
                                        " {3}\r\nab",
                                        " ~{1}\r\n",
                                        " \\",
                                        " %",
                                        " *",
                                        " ()",
                                        " (())",
                                        " 0",
                                        " 1",
                                        " 1:",
                                        " 1:*:2",
                                        " 99999999999",
                                        " -1",
                                        " $",
                                        " x",
                                        " x ",
                                        " x (",
                                        " x ()",
                                        " x y",
                                        " x y z",
                                        " x (y",
                                        " x (y z)",
                                        " x (\"y\" ~",
                                        " 1 (",
                                        " 1 ()",
                                        " 1 x",
                                        " 1 (x",
                                        " 1 (FLAGS",
                                        " 1 BODY[",
                                        " 1 BODY[1.]",
                                        " 1 BODY[]<0",
                                        " 1 FLAGS (\\",
                                        " 1 FLAGS (x",
                                        " RETURN",
                                        " RETURN (",
                                        " RETURN (X)",
                                        " IN",
                                        " IN (",
                                        " IN (mailboxes",
                                        " CHARSET",
                                        " NOT",
                                        " OR ALL",
                                        " SINCE x",
                                        " HEADER x",
                                        " UID 0",
                                        " (DATE",
                                        " (DATE) UTF-8",
                                        " REFERENCES",
                                        " REFERENCES UTF-8",
                                        " SET",
                                        " SET (",
                                        " SET (personal",
                                        " SET (personal (",
                                        " INBOX",
                                        " INBOX (",
                                        " INBOX (X",
                                        " INBOX (/private/x",
                                        " \"\" (/x y)",
                                        " \"\" (STORAGE",
                                        " \"\" x",
                                        " x\x01",
                                        "\x01",
                                        "x",
                                        deep};
  for (const CommandEntry& entry : command_table()) {
    for (const std::string_view text : arguments) {
      Decoder decoder(text);
      const auto command = entry.parse(decoder);
      if (command) continue;
      EXPECT_FALSE(command.error().text.empty()) << entry.name << text;
      EXPECT_LE(command.error().position, text.size()) << entry.name << text;
    }
  }
}

}  // namespace
}  // namespace mailkeep::imap
