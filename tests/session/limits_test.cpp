// Time limits and limits of size and number, each reached.
#include <gmock/gmock.h>

#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class LimitsTest : public ServerTest {};

TEST_F(LimitsTest, AClientThatDoesNotLogInIsSentAway) {
  start("[limits]\nlogin-timeout = 1s\n");
  ScriptedImap client = imap();
  EXPECT_THAT(client.line(), StartsWith("* BYE"));
  EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, DrippingOctetsDoNotProlongTheTimeBeforeLogin) {
  start("[limits]\nlogin-timeout = 1s\n");
  ScriptedImap client = imap();
  client.send("a LOG");
  EXPECT_THAT(client.line(), StartsWith("* BYE"));
}

TEST_F(LimitsTest, ASilentClientIsSentAwayAfterTheIdleTime) {
  start("[limits]\nidle-timeout = 1s\n");
  ScriptedImap client = selected();
  EXPECT_THAT(client.line(), StartsWith("* BYE"));
  EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, IdleIsNoWayAroundTheIdleTime) {
  start("[limits]\nidle-timeout = 1s\n");
  ScriptedImap client = selected();
  client.send("a IDLE\r\n");
  EXPECT_THAT(client.line(), StartsWith("+"));
  EXPECT_THAT(client.line(), StartsWith("* BYE"));
}

TEST_F(LimitsTest, ASilentPop3ClientIsSentAwayAndDeletesNothing) {
  start("[limits]\npop3-idle-timeout = 1s\n");
  logged_in().append("INBOX");
  net::TestClient client = pop3();
  client.send("USER demo\r\nPASS secret\r\nDELE 1\r\n");
  for (int reply = 0; reply < 3; ++reply) EXPECT_THAT(client.line(), StartsWith("+OK"));
  client.rest();
  EXPECT_THAT(logged_in().command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 1"));
}

TEST_F(LimitsTest, BadCommandsInARowEndTheSession) {
  start("[limits]\nmax-bad-commands = 3\n");
  ScriptedImap client = imap();
  EXPECT_THAT(client.command("WHAT"), HasSubstr("x BAD"));
  EXPECT_THAT(client.command("WHAT"), HasSubstr("x BAD"));
  EXPECT_THAT(client.command("NOOP"), HasSubstr("x OK"));
  EXPECT_THAT(client.command("WHAT"), HasSubstr("x BAD"));
  EXPECT_THAT(client.command("WHAT"), HasSubstr("x BAD"));
  client.send("c WHAT\r\n");
  std::string reply = client.line();
  if (!reply.starts_with("* BYE")) reply = client.line();
  EXPECT_THAT(reply, StartsWith("* BYE"));
  EXPECT_TRUE(client.closed());
}

TEST_F(LimitsTest, ALargeMessageIsRefusedBeforeItIsSent) {
  start("[limits]\nmax-message-size = 1M\n");
  ScriptedImap client = logged_in();
  EXPECT_THAT(client.command("APPEND INBOX {1048577}"), StartsWith("x NO [TOOBIG]"));
  EXPECT_THAT(client.command("NOOP"), StartsWith("x OK"));
  client.append("INBOX", std::string(1048576 - 2, 'x') + "\r\n");
}

TEST_F(LimitsTest, ALargeMessageThatIsSentAnywayIsReadOver) {
  start("[limits]\nmax-message-size = 100K\n");
  ScriptedImap client = logged_in();
  const std::string message(300'000, 'x');
  EXPECT_THAT(client.command("APPEND INBOX {300000+}\r\n" + message), HasSubstr("x NO [TOOBIG]"));
  EXPECT_THAT(client.command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 0"));
}

TEST_F(LimitsTest, MoreConnectionsThanAllowedAreToldSo) {
  start("[limits]\nmax-connections = 2\n");
  ScriptedImap first = imap();
  ScriptedImap second = imap();
  ScriptedImap third = imap();
  EXPECT_THAT(third.greeting(), StartsWith("* BYE"));
  EXPECT_TRUE(third.closed());
  EXPECT_THAT(second.command("NOOP"), StartsWith("x OK"));
  EXPECT_THAT(first.command("LOGOUT"), HasSubstr("x OK"));
}

TEST_F(LimitsTest, AHugeLineIsRefusedAndTheSessionGoesOn) {
  start();
  ScriptedImap client = logged_in();
  const std::string reply = client.command("LIST \"\" \"" + std::string(4'000'000, 'A') + "\"");
  EXPECT_THAT(reply, HasSubstr(" BAD "));
  EXPECT_THAT(client.command("NOOP"), HasSubstr("x OK"));
}

TEST_F(LimitsTest, ManyKeywordsAreRefusedNotLost) {
  start();
  ScriptedImap client = logged_in();
  client.append("INBOX");
  client.select();
  std::string last;
  for (int i = 0; i < 70; ++i) {
    last = client.command("STORE 1 +FLAGS.SILENT (keyword" + std::to_string(i) + ")");
  }
  EXPECT_THAT(last, HasSubstr("x NO"));
  EXPECT_THAT(client.command("FETCH 1 FLAGS"), HasSubstr("keyword0"));
}

}  // namespace
}  // namespace mailkeep::server
