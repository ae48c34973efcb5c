// Mail comes in by LMTP and is there for IMAP and POP3.
#include <gmock/gmock.h>

#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class LmtpServiceTest : public ServerTest {
 protected:
  // Sends commands, and the last line of each reply to them.
  static std::string say(net::TestClient& client, std::string_view bytes, int replies) {
    client.send(bytes);
    std::string last;
    for (int i = 0; i < replies; ++i) {
      do {
        last = client.line();
      } while (last.size() > 3 && last[3] == '-');
    }
    return last;
  }
  static std::string deliver(net::TestClient& client, std::string_view recipient,
                             std::string_view message = kSmallMessage) {
    return say(client,
               "MAIL FROM:<a@example.com>\r\nRCPT TO:<" + std::string(recipient) + ">\r\nDATA\r\n" +
                   std::string(message) + ".\r\n",
               4);
  }
  net::TestClient lmtp() {
    net::TestClient client = connect("lmtp");
    client.line();
    say(client, "LHLO mx.example\r\n", 1);
    return client;
  }
};

TEST_F(LmtpServiceTest, AnIdlingClientSeesADelivery) {
  start();
  ScriptedImap idling = selected();
  idling.send("a IDLE\r\n");
  EXPECT_THAT(idling.line(), StartsWith("+"));
  net::TestClient client = lmtp();
  EXPECT_EQ(deliver(client, "demo@example.org"), "250 2.1.5 <demo@example.org> Delivered");
  EXPECT_EQ(idling.line(), "* 1 EXISTS");
  EXPECT_THAT(logged_in().command("STATUS INBOX (UNSEEN)"), HasSubstr("UNSEEN 1"));
  EXPECT_THAT(log_text(), HasSubstr("delivered protocol=lmtp"));
}

TEST_F(LmtpServiceTest, DetailsGoToTheirMailbox) {
  start();
  logged_in().command("CREATE Lists");
  net::TestClient client = lmtp();
  deliver(client, "demo+lists@example.org");
  EXPECT_THAT(logged_in().command("STATUS Lists (MESSAGES)"), HasSubstr("MESSAGES 1"));
  EXPECT_THAT(logged_in().command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 0"));
}

TEST_F(LmtpServiceTest, ServesUnixSocketsAndTls) {
  const std::string path = (data_dir().parent_path() / "lmtp").string();
  start("[lmtp]\nlisten = unix:" + path + "\n");
  net::TestClient client = net::TestClient::connect_unix(path);
  EXPECT_THAT(client.line(), StartsWith("220 "));
  EXPECT_EQ(say(client, "LHLO x\r\n", 1), "250 STARTTLS");
  EXPECT_THAT(say(client, "STARTTLS\r\n", 1), StartsWith("220 "));
  ASSERT_TRUE(client.start_tls());
  say(client, "LHLO x\r\n", 1);
  EXPECT_THAT(deliver(client, "demo"), EndsWith("Delivered"));
  EXPECT_THAT(selected().command("FETCH 1 BODY[HEADER.FIELDS (RECEIVED)]"),
              HasSubstr("from x (unix)\r\n\tby test.example with LMTPS id "));
}

TEST_F(LmtpServiceTest, ALargeMessageGoesThroughPieceByPiece) {
  start();
  net::TestClient client = lmtp();
  std::string message = "Subject: large\r\n\r\n";
  for (int i = 0; i < 100'000; ++i) message += "A line of a message that is rather long.\r\n";
  EXPECT_THAT(deliver(client, "demo", message), EndsWith("Delivered"));
  EXPECT_THAT(selected().command("FETCH 1 BODY[TEXT]<4199900.200>"), HasSubstr("rather long.\r\n"));
}

TEST_F(LmtpServiceTest, AcknowledgedMailSurvivesTheServer) {
  start();
  net::TestClient client = lmtp();
  deliver(client, "demo");
  stop();
  start();
  EXPECT_THAT(logged_in().command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 1"));
}

TEST_F(LmtpServiceTest, ManyConnectionsDeliverToOneAccount) {
  start("[lmtp]\ndeliveries-per-account = 2\n");
  std::vector<net::TestClient> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(lmtp());
  for (net::TestClient& client : clients) {
    client.send("MAIL FROM:<>\r\nRCPT TO:<demo>\r\nRCPT TO:<other>\r\nDATA\r\n\r\nx\r\n.\r\n");
  }
  for (net::TestClient& client : clients) {
    EXPECT_THAT(say(client, "", 6), EndsWith("<other> Delivered"));
  }
  EXPECT_THAT(logged_in().command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 20"));
  EXPECT_THAT(logged_in("other").command("STATUS INBOX (MESSAGES)"), HasSubstr("MESSAGES 20"));
}

TEST_F(LmtpServiceTest, PostfixMayAskWhoIsHere) {
  start();
  net::TestClient client = connect("socketmap");
  client.send("10:users demo,12:users nobody,");
  EXPECT_EQ(client.octets(22), "7:OK demo,9:NOTFOUND ,");
  client.send("11:colours red,");
  EXPECT_EQ(client.octets(27), "23:TEMP the look-up failed,");
  client.send("nonsense");
  EXPECT_TRUE(client.closed());
}

TEST_F(LmtpServiceTest, ASilentClientIsSentAway) {
  start("[limits]\nlmtp-idle-timeout = 1s\n");
  net::TestClient client = lmtp();
  EXPECT_THAT(client.line(), StartsWith("421 4.4.2"));
  EXPECT_TRUE(client.closed());
}

}  // namespace
}  // namespace mailkeep::server
