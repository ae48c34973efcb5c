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

}  // namespace
}  // namespace mailkeep::imap
