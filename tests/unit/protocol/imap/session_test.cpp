// What a session does of itself, whatever the command.
#include "protocol/imap/session.h"

#include <gtest/gtest.h>

#include "store/credentials.h"
#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

class ClosedAccounts : public DialogTest {
 protected:
  void suspend() {
    ASSERT_TRUE(store::Credentials(directory_).set_suspended("ann", true));
    store_->maintain();
  }
  // What comes after log-in, while `happening` happens before the last read.
  std::string say_while(const std::function<void()>& happening,
                        const std::vector<std::string>& reads) {
    bool happened = false;
    stream_.before_read = [&](std::size_t left) {
      if (left == 1 && !std::exchange(happened, true)) happening();
    };
    std::vector<std::string> all{"x LOGIN ann secret\r\n"};
    all.insert(all.end(), reads.begin(), reads.end());
    const std::string output = say_all(all);
    stream_.before_read = nullptr;
    return output.substr(output.find('\n') + 1);
  }
};

constexpr const char* kSuspendedBye = "* BYE [CONTACTADMIN] The account is suspended.\r\n";

TEST_F(ClosedAccounts, end_sessions_that_wait_for_a_command) {
  EXPECT_EQ(say_while([&] { suspend(); }, {"a NOOP\r\n"}), kSuspendedBye);
  EXPECT_EQ(events_.end_reason, "account closed");
}

TEST_F(ClosedAccounts, end_sessions_in_the_middle_of_a_line) {
  EXPECT_EQ(say_while([&] { suspend(); }, {"a NO", "OP\r\n"}), kSuspendedBye);
}

TEST_F(ClosedAccounts, end_sessions_that_idle) {
  EXPECT_EQ(say_while([&] { suspend(); }, {"a IDLE\r\n", "DONE\r\n"}),
            std::string("+ idling\r\n") + kSuspendedBye);
}

TEST_F(ClosedAccounts, end_sessions_before_the_next_of_pipelined_commands) {
  // The account is removed by what the first command waits for.
  stream_.before_read = [&](std::size_t left) {
    if (left == 1) {
      ASSERT_TRUE(store_->remove_account("ann"));
    }
  };
  const std::string output =
      say({"x LOGIN ann secret\r\na APPEND INBOX {1}\r\n", "y\r\nb NOOP\r\nc NOOP\r\n"});
  EXPECT_TRUE(output.ends_with("* BYE [CONTACTADMIN] There is no such account.\r\n")) << output;
  EXPECT_EQ(output.find("\r\nb "), std::string::npos) << output;
}

TEST_F(ClosedAccounts, end_sessions_in_the_middle_of_a_literal) {
  const std::string begin = "a APPEND INBOX {9}\r\n";
  const std::string end = std::string("+ Ready for literal data\r\n") + kSuspendedBye;
  EXPECT_EQ(say_while([&] { suspend(); }, {begin, "A: b\r\n", "\r\nx\r\n"}), end);
  EXPECT_EQ(account().mailbox("INBOX")->messages, 0U);
}

TEST_F(ClosedAccounts, say_so_in_the_language_of_the_session) {
  EXPECT_TRUE(say_while([&] { suspend(); }, {"a LANGUAGE DE\r\n", "b NOOP\r\n"})
                  .ends_with("* BYE [CONTACTADMIN] Das Konto ist gesperrt\r\n"));
}

TEST_F(ClosedAccounts, end_no_session_that_left_them) {
  const std::string output = say_while([&] { suspend(); }, {"a UNAUTHENTICATE\r\n", "b NOOP\r\n"});
  EXPECT_TRUE(output.ends_with("b OK NOOP completed\r\n")) << output;
}

}  // namespace
}  // namespace mailkeep::imap
