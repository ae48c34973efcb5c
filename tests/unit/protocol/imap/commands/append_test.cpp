// The limits of APPEND, each reached.
#include "protocol/imap/commands/append.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class Appends : public DialogTest {
 protected:
  static std::string message(std::size_t octets) {
    return " {" + std::to_string(octets) + "+}\r\n" + std::string(octets, 'x');
  }
  std::string append(const std::string& messages) {
    return say_logged_in("1 APPEND INBOX" + messages + "\r\n");
  }
  std::uint32_t count() { return account().mailbox("INBOX")->messages; }
};

TEST_F(Appends, take_two_hundred_and_fifty_messages) {
  std::string messages;
  for (int i = 0; i < 250; ++i) messages += message(1);
  EXPECT_NE(append(messages).find("1 OK [APPENDUID "), std::string::npos);
  EXPECT_EQ(count(), 250U);
  EXPECT_EQ(append(messages + message(1)), "1 NO [LIMIT] Too many messages in one command\r\n");
  EXPECT_EQ(count(), 250U);
}

TEST_F(Appends, have_a_limit_for_all_their_octets) {
  EXPECT_EQ(settings_.max_append_octets, std::uint64_t{4} << 30);
  settings_.max_append_octets = 100;
  EXPECT_NE(append(message(60) + message(40)).find("1 OK "), std::string::npos);
  EXPECT_EQ(append(message(60) + message(41)), "1 NO [LIMIT] Too many octets in one command\r\n");
  EXPECT_EQ(say_logged_in("1 APPEND INBOX CATENATE (TEXT" + message(60) + " TEXT" + message(41) +
                          ")\r\n"),
            "1 NO [LIMIT] Too many octets in one command\r\n");
  EXPECT_EQ(count(), 2U);
}

TEST_F(Appends, hold_so_much_in_memory_and_no_more) {
  EXPECT_EQ(settings_.max_append_held_bytes, 32U << 20);
  settings_.max_append_held_bytes = 1'000;
  EXPECT_EQ(append(message(900) + message(900) + message(900) + message(900)),
            "1 NO [LIMIT] Too much in one command\r\n");
  EXPECT_EQ(count(), 0U);
}

TEST_F(Appends, refuse_a_message_that_is_too_big) {
  settings_.max_message_bytes = 100;
  EXPECT_NE(append(message(100)).find("1 OK "), std::string::npos);
  EXPECT_EQ(append(message(101)), "1 NO [TOOBIG] The message is too big.\r\n");
  EXPECT_EQ(say_logged_in("1 APPEND INBOX CATENATE (TEXT" + message(50) + " TEXT" + message(51) +
                          ")\r\n"),
            "1 NO [TOOBIG] The message is too big.\r\n");
}

// RFC 9586 3.2: no sequence numbers any more.
TEST_F(Appends, replace_nothing_by_its_number_where_numbers_are_off) {
  deliver("INBOX", 1);
  const std::string output = say_logged_in(
      "1 ENABLE UIDONLY\r\n2 SELECT INBOX\r\n3 REPLACE 1 INBOX" + message(3) +
      "\r\n4 REPLACE * INBOX" + message(3) + "\r\n5 UID REPLACE 1 INBOX" + message(3) + "\r\n");
  for (const char* expected : {"3 BAD [UIDREQUIRED] ", "4 BAD [UIDREQUIRED] ", "5 OK "}) {
    EXPECT_NE(output.find(expected), std::string::npos) << output;
  }
}

}  // namespace
}  // namespace mailkeep::imap
