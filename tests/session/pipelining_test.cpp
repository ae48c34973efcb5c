// Thousands of commands without waiting, and clients that do not read what they asked for.
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr int kCommands = 1000;

class PipeliningTest : public ServerTest {
 protected:
  void fill(int messages, std::string_view message = kSmallMessage) {
    ScriptedImap client = logged_in();
    for (int i = 0; i < messages; ++i) client.append("INBOX", message);
  }
  static std::string large_message() {
    std::string text = "Subject: large\r\n\r\n";
    while (text.size() < 500'000)
      text += "Sixty octets of text that somebody wrote, more or less.\r\n";
    return text;
  }
};

TEST_F(PipeliningTest, AThousandCommandsAreAnsweredInOrder) {
  start();
  fill(5);
  ScriptedImap client = selected();
  std::string commands;
  for (int i = 0; i < kCommands; ++i) {
    const std::string tag = "p" + std::to_string(i) + " ";
    const std::string number = std::to_string(1 + i % 5);
    switch (i % 4) {
      case 0:
        commands += tag + "NOOP\r\n";
        break;
      case 1:
        commands += tag + "STORE " + number + " +FLAGS (\\Seen)\r\n";
        break;
      case 2:
        commands += tag + "FETCH " + number + " (UID FLAGS)\r\n";
        break;
      default:
        commands += tag + "STORE " + number + " -FLAGS.SILENT (\\Seen)\r\n";
    }
  }
  client.send(commands);
  for (int i = 0; i < kCommands; ++i) {
    const std::string tag = "p" + std::to_string(i);
    ASSERT_THAT(client.responses(tag), HasSubstr("x OK")) << tag;
  }
}

TEST_F(PipeliningTest, PipelinedStoresTellEachItsOwnResult) {
  start();
  fill(3);
  ScriptedImap client = selected();
  client.send(
      "a STORE 1 +FLAGS (\\Seen)\r\nb STORE 2 +FLAGS (\\Flagged)\r\n"
      "c STORE 9 +FLAGS (\\Seen)\r\nd STORE 1 -FLAGS (\\Seen)\r\ne UID STORE 3 FLAGS "
      "(\\Draft)\r\n");
  EXPECT_THAT(client.responses("a"), HasSubstr("* 1 FETCH (FLAGS (\\Seen"));
  EXPECT_THAT(client.responses("b"), HasSubstr("* 2 FETCH (FLAGS (\\Flagged"));
  EXPECT_THAT(client.responses("c"), StartsWith("x BAD"));
  EXPECT_THAT(client.responses("d"), HasSubstr("* 1 FETCH (FLAGS ("));
  EXPECT_THAT(client.responses("e"), HasSubstr("* 3 FETCH ("));
  EXPECT_THAT(client.command("FETCH 1:3 FLAGS"), testing::Not(HasSubstr("\\Seen")));
}

TEST_F(PipeliningTest, ManyAppendsInOnePacket) {
  start();
  ScriptedImap client = selected();
  std::string commands;
  const std::string size = std::to_string(kSmallMessage.size());
  for (int i = 0; i < 100; ++i) {
    commands += "p" + std::to_string(i) + " APPEND INBOX {" + size + "+}\r\n" +
                std::string(kSmallMessage) + "\r\n";
  }
  client.send(commands);
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(client.responses("p" + std::to_string(i)), HasSubstr("x OK"));
  }
  EXPECT_THAT(client.command("SEARCH 100"), HasSubstr("* SEARCH 100"));
}

TEST_F(PipeliningTest, AClientThatNeverReadsStopsOnlyItself) {
  start();
  fill(4, large_message());
  net::TestClient deaf = net::TestClient::connect(server().port("imap"), 4096);
  std::string commands = "a LOGIN demo secret\r\nb SELECT INBOX\r\n";
  for (int i = 0; i < 200; ++i) commands += "c FETCH 1:4 BODY.PEEK[]\r\n";
  deaf.send(commands);
  ScriptedImap other = selected();
  for (int i = 0; i < 20; ++i) {
    ASSERT_THAT(other.command("STORE 1 +FLAGS (\\Seen)"), HasSubstr("x OK"));
    ASSERT_THAT(other.command("STORE 1 -FLAGS (\\Seen)"), HasSubstr("x OK"));
  }
  other.append("INBOX");
  EXPECT_THAT(other.command("FETCH 1 BODY.PEEK[]<0.10>"), HasSubstr("x OK"));
}

TEST_F(PipeliningTest, AClientThatNeverReadsIsGivenUp) {
  start("[limits]\nwrite-timeout = 1s\n");
  fill(4, large_message());
  net::TestClient deaf = net::TestClient::connect(server().port("imap"), 4096);
  std::string commands = "a LOGIN demo secret\r\nb SELECT INBOX\r\n";
  for (int i = 0; i < 200; ++i) commands += "c FETCH 1:4 BODY.PEEK[]\r\n";
  deaf.send(commands);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (log_text().find("session_ended protocol=imap") == std::string::npos ||
         server().connections() > 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), limit) << log_text();
    std::this_thread::yield();
  }
}

TEST_F(PipeliningTest, ThePop3ClientThatNeverReadsStopsOnlyItself) {
  start();
  fill(4, large_message());
  net::TestClient deaf = net::TestClient::connect(server().port("pop3"), 4096);
  std::string commands = "USER demo\r\nPASS secret\r\n";
  for (int i = 0; i < 200; ++i) commands += "RETR 1\r\n";
  deaf.send(commands);
  ScriptedImap other = selected();
  EXPECT_THAT(other.command("FETCH 1 BODY.PEEK[]<0.10>"), HasSubstr("x OK"));
}

}  // namespace
}  // namespace mailkeep::server
