// The end: sessions hear BYE, clients that do not listen hold nothing up, data stay.
#include <chrono>

#include <gmock/gmock.h>

#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class StopTest : public ServerTest {};

TEST_F(StopTest, SessionsInEveryStateHearBye) {
  start();
  ScriptedImap greeted = imap();
  ScriptedImap waiting = selected();
  ScriptedImap idling = selected();
  idling.send("a IDLE\r\n");
  EXPECT_THAT(idling.line(), StartsWith("+"));
  stop();
  EXPECT_THAT(greeted.line(), StartsWith("* BYE"));
  EXPECT_THAT(waiting.line(), StartsWith("* BYE"));
  EXPECT_THAT(idling.line(), StartsWith("* BYE"));
  EXPECT_TRUE(idling.closed());
}

TEST_F(StopTest, AClientThatNeverReadsDoesNotHoldItUp) {
  start("[limits]\nstop-timeout = 1s\n");
  std::string message = "Subject: large\r\n\r\n" + std::string(1'000'000, 'x') + "\r\n";
  logged_in().append("INBOX", message);
  net::TestClient deaf = net::TestClient::connect(server().port("imap"), 4096);
  std::string commands = "a LOGIN demo secret\r\nb SELECT INBOX\r\n";
  for (int i = 0; i < 100; ++i) commands += "c FETCH 1 BODY.PEEK[]\r\n";
  deaf.send(commands);
  deaf.line();
  deaf.line();
  const auto begin = std::chrono::steady_clock::now();
  stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
}

TEST_F(StopTest, HalfAMessageIsNotKept) {
  start();
  ScriptedImap client = logged_in();
  client.send("a APPEND INBOX {1000+}\r\nSubject: half\r\n");
  stop();
  start();
  EXPECT_THAT(logged_in().command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 0"));
}

TEST_F(StopTest, MessagesAndFlagsSurviveAStart) {
  start();
  {
    ScriptedImap client = logged_in();
    client.append("INBOX", kSmallMessage, "\\Flagged $Label");
    client.select();
    EXPECT_THAT(client.command("STORE 1 +FLAGS (\\Answered)"), HasSubstr("x OK"));
    EXPECT_THAT(client.command("CREATE Kept/Inside"), HasSubstr("x OK"));
  }
  stop();
  start();
  ScriptedImap client = selected();
  const std::string fetched = client.command("FETCH 1 (UID FLAGS BODY.PEEK[])");
  EXPECT_THAT(fetched, HasSubstr("UID 1"));
  EXPECT_THAT(fetched, HasSubstr("\\Flagged"));
  EXPECT_THAT(fetched, HasSubstr("\\Answered"));
  EXPECT_THAT(fetched, HasSubstr("$Label"));
  EXPECT_THAT(fetched, HasSubstr(std::string(kSmallMessage)));
  EXPECT_THAT(client.command("LIST \"\" Kept/*"), HasSubstr("Kept/Inside"));
}

}  // namespace
}  // namespace mailkeep::server
