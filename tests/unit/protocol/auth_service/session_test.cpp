#include "protocol/auth_service/session.h"

#include <gmock/gmock.h>

#include "protocol/sasl/base64.h"
#include "tests/unit/protocol/pop3/pop3_fixture.h"

namespace mailkeep::auth_service {
namespace {

using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class AuthService : public pop3::Pop3Test {
 protected:
  // What is answered after the greeting.
  std::string talk(const std::string& input) {
    stream_.output.clear();
    stream_.say(input);
    boost::asio::io_context context;
    Session session(stream_, {authenticator_, events_});
    boost::asio::co_spawn(context, session.run(),
                          [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
    context.run();
    const std::size_t end = stream_.output.find("DONE\n");
    greeting_ = stream_.output.substr(0, end + 5);
    return stream_.output.substr(end + 5);
  }
  std::string greeting_;
};

const std::string kHello = "VERSION\t1\t1\nCPID\t9\n";
const std::string kRight = sasl::encode_base64("\0ann\0secret"s);
const std::string kWrong = sasl::encode_base64("\0ann\0wrong"s);

TEST_F(AuthService, GreetsWithItsMechanisms) {
  talk(kHello);
  EXPECT_THAT(greeting_,
              StartsWith("VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\n"
                         "SPID\t1\nCUID\t"));
  EXPECT_THAT(greeting_, AllOf(HasSubstr("\nCOOKIE\t"), EndsWith("\nDONE\n")));
}

TEST_F(AuthService, ChecksPasswords) {
  EXPECT_EQ(talk(kHello + "AUTH\t1\tPLAIN\tservice=smtp\tresp=" + kRight + "\n"),
            "OK\t1\tuser=ann\n");
  EXPECT_EQ(talk(kHello + "AUTH\t2\tPLAIN\tservice=smtp\tresp=" + kWrong + "\n"), "FAIL\t2\n");
}

TEST_F(AuthService, GoesOnWithSeveralExchanges) {
  EXPECT_EQ(talk(kHello +
                 "AUTH\t1\tPLAIN\tservice=smtp\nAUTH\t2\tLOGIN\tservice=smtp\n"
                 "CONT\t2\tYW5u\nCONT\t1\t" +
                 kRight + "\nCONT\t2\tc2VjcmV0\n"),
            "CONT\t1\t\nCONT\t2\tVXNlcm5hbWU6\nCONT\t2\tUGFzc3dvcmQ6\nOK\t1\tuser=ann\n"
            "OK\t2\tuser=ann\n");
}

TEST_F(AuthService, SaysWhatKindOfFailureItIs) {
  const auto reply_to = [&](const std::string& name) {
    const std::string response = sasl::encode_base64('\0' + name + "\0x"s);
    return talk("AUTH\t1\tPLAIN\tresp=" + response + "\n");
  };
  EXPECT_EQ(reply_to("damaged"), "FAIL\t1\ttemp\n");
  EXPECT_EQ(reply_to("busy"), "FAIL\t1\ttemp\n");
  EXPECT_THAT(reply_to("suspended"), StartsWith("FAIL\t1\tuser_disabled"));
}

TEST_F(AuthService, RefusesWhatIsNoExchange) {
  EXPECT_EQ(talk("AUTH\t1\tDIGEST-MD5\tresp=\n"), "FAIL\t1\treason=No such mechanism\n");
  EXPECT_EQ(talk("AUTH\t1\tSCRAM-SHA-256-PLUS\n"), "FAIL\t1\treason=No such mechanism\n");
  EXPECT_EQ(talk("AUTH\t1\tPLAIN\tresp=!\n"), "FAIL\t1\treason=Not base64\n");
  EXPECT_EQ(talk("AUTH\t1\tPLAIN\nCONT\t1\t!\nCONT\t1\t\n"),
            "CONT\t1\t\nFAIL\t1\treason=Not base64\nFAIL\t1\treason=No such exchange\n");
  EXPECT_EQ(talk("AUTH\t1\tPLAIN\nCANCEL\t1\nCONT\t1\t" + kRight + "\n"),
            "CONT\t1\t\nFAIL\t1\treason=No such exchange\n");
}

TEST_F(AuthService, EndsWhereTheOtherSideDoesNotKnowTheProtocol) {
  EXPECT_EQ(talk("VERSION\t2\t0\nAUTH\t1\tPLAIN\n"), "");
  EXPECT_EQ(talk("EHLO\nAUTH\t1\tPLAIN\n"), "");
  EXPECT_EQ(talk("AUTH\t1\tPLAIN\nAUTH\t1\tPLAIN\nAUTH\t2\tPLAIN\n"), "CONT\t1\t\n");
  EXPECT_EQ(talk(std::string(kMaxLineBytes + 1, 'x')), "");
}

TEST_F(AuthService, ManyExchangesAtOnceAreTooMany) {
  std::string input;
  for (std::size_t i = 0; i <= Session::kMaxExchanges; ++i) {
    input += "AUTH\t" + std::to_string(i) + "\tPLAIN\n";
  }
  EXPECT_THAT(talk(input), EndsWith("CONT\t99\t\nFAIL\t100\ttemp\n"));
}

}  // namespace
}  // namespace mailkeep::auth_service
