// AUTH (RFC 4954)
#include <gmock/gmock.h>

#include "protocol/sasl/base64.h"
#include "tests/unit/protocol/lmtp/lmtp_fixture.h"

namespace mailkeep::lmtp {
namespace {

using namespace std::string_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class LmtpLogIn : public LmtpTest {
 protected:
  LmtpLogIn() { lmtp_settings_.log_in_accounts = {"ann"}; }

  std::string talk(const std::string& input) {
    stream_.output.clear();
    stream_.say("LHLO mx.example\r\n" + input);
    boost::asio::io_context context;
    Session session(
        stream_, {pool_, deliveries_, addresses_, events_, log_, lmtp_settings_, &authenticator_});
    boost::asio::co_spawn(context, session.run(),
                          [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
    context.run();
    return stream_.output;
  }
};

const std::string kRight = sasl::encode_base64("\0ann\0secret"s);
const std::string kMail = "MAIL FROM:<a@example.org>\r\n";

TEST_F(LmtpLogIn, NobodyDeliversWithoutIt) {
  EXPECT_THAT(talk(kMail), EndsWith("250 AUTH PLAIN LOGIN\r\n530 5.7.0 Log in first\r\n"));
  lmtp_settings_.log_in_accounts.clear();
  const std::string said = talk(kMail + "AUTH PLAIN " + kRight + "\r\n");
  EXPECT_THAT(said, Not(HasSubstr("AUTH")));
  EXPECT_THAT(said, EndsWith("250 2.1.0 Sender ok\r\n503 5.5.1 Not now\r\n"));
}

TEST_F(LmtpLogIn, TheAccountMayDeliver) {
  EXPECT_THAT(talk("AUTH PLAIN " + kRight + "\r\n" + kMail),
              EndsWith("235 2.7.0 Logged in\r\n250 2.1.0 Sender ok\r\n"));
  EXPECT_THAT(talk("AUTH LOGIN\r\nYW5u\r\nc2VjcmV0\r\nAUTH PLAIN\r\n"),
              EndsWith("334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 2.7.0 Logged in\r\n"
                       "503 5.5.1 Not now\r\n"));
}

TEST_F(LmtpLogIn, OthersMayNot) {
  lmtp_settings_.log_in_accounts = {"mx"};
  EXPECT_THAT(talk("AUTH PLAIN " + kRight + "\r\n" + kMail),
              EndsWith("535 5.7.8 This account may not deliver\r\n530 5.7.0 Log in first\r\n"));
}

TEST_F(LmtpLogIn, RefusesWhatIsNoExchange) {
  EXPECT_THAT(talk("AUTH\r\nAUTH DIGEST-MD5\r\nAUTH PLAIN !\r\nAUTH PLAIN\r\n*\r\n"
                   "AUTH PLAIN\r\n!\r\nAUTH PLAIN Zm9v\r\n"),
              EndsWith("501 5.5.4 AUTH mechanism [response]\r\n504 5.5.4 Unknown mechanism\r\n"
                       "501 5.5.2 Not base64\r\n334 \r\n501 5.7.0 Cancelled\r\n334 \r\n"
                       "501 5.5.2 Not base64\r\n535 5.7.8 Not a PLAIN message\r\n"));
  EXPECT_THAT(talk("AUTH PLAIN " + sasl::encode_base64("\0busy\0x"s) + "\r\n"),
              EndsWith("454 4.7.0 Cannot log in now, try again later\r\n"));
}

TEST_F(LmtpLogIn, PasswordsNeedTlsFromElsewhere) {
  stream_.loopback = false;
  EXPECT_THAT(talk("AUTH PLAIN " + kRight + "\r\n"), EndsWith("538 5.7.11 This needs TLS\r\n"));
}

}  // namespace
}  // namespace mailkeep::lmtp
