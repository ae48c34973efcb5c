// The strangest messages through a whole server: in by APPEND, out by IMAP and POP3.
#include <gmock/gmock.h>

#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

class ExtremesTest : public ServerTest {
 protected:
  void expect_served(const std::string& message) {
    start();
    ScriptedImap client = logged_in();
    client.append("INBOX", message);
    client.select();
    const std::string structure = client.command("FETCH 1 (RFC822.SIZE ENVELOPE BODYSTRUCTURE)");
    EXPECT_THAT(structure, HasSubstr("RFC822.SIZE " + std::to_string(message.size())));
    EXPECT_THAT(structure, HasSubstr("x OK"));
    EXPECT_THAT(client.command("FETCH 1 (BODY.PEEK[1]<0.100> BODY.PEEK[1.1.1.MIME])"),
                HasSubstr("x OK"));
    EXPECT_THAT(client.command("SEARCH TEXT nowhere"), HasSubstr("x OK"));
    EXPECT_THAT(client.command("NOOP"), HasSubstr("x OK"));
    net::TestClient pop = pop3();
    pop.send("USER demo\r\nPASS secret\r\nLIST 1\r\nTOP 1 0\r\nQUIT\r\n");
    pop.line();
    EXPECT_THAT(pop.line(), HasSubstr("+OK"));
    EXPECT_THAT(pop.line(), HasSubstr("1 " + std::to_string(message.size())));
    EXPECT_THAT(pop.line(), HasSubstr("+OK"));
    EXPECT_THAT(log_text(), Not(HasSubstr("command_failed")));
  }
};

TEST_F(ExtremesTest, AHeaderLineOfTenMegabytes) {
  expect_served("Subject: " + std::string(10 << 20, 'x') + "\r\n\r\nhi\r\n");
}

TEST_F(ExtremesTest, AHundredThousandParts) {
  expect_served("Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
                repeated("--b\r\n\r\nx\r\n", 100'000));
}

TEST_F(ExtremesTest, AHundredThousandLevels) {
  expect_served(repeated("Content-Type: message/rfc822\r\n\r\n", 100'000));
}

TEST_F(ExtremesTest, OnlyOneOctet) {
  expect_served("\n");
}

TEST_F(ExtremesTest, AMessageWithDefectsIsLoggedWithItsPlaceAndWithoutItsContent) {
  start();
  ScriptedImap client = logged_in();
  client.append("Drafts", "Subject: confidential\n\nvery confidential\n");
  EXPECT_THAT(log_text(), HasSubstr("message_has_defects protocol=imap account=demo mailbox=Drafts "
                                    "uid=1 defects=bare_lf"));
  EXPECT_THAT(log_text(), Not(HasSubstr("confidential")));
}

// RFC 3501 6.3.11 has nothing to say of it; RFC 3502 6.3.11 makes it the client's way to give up.
TEST_F(ExtremesTest, AMessageWithoutAnyOctetIsRefused) {
  start();
  ScriptedImap client = logged_in();
  EXPECT_THAT(client.command("APPEND INBOX {0+}\r\n"), HasSubstr("x NO"));
  EXPECT_THAT(client.command("NOOP"), HasSubstr("x OK"));
}

}  // namespace
}  // namespace mailkeep::server
