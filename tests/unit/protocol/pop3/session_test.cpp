#include "protocol/pop3/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/sasl/base64.h"
#include "store/credentials.h"
#include "tests/unit/protocol/pop3/pop3_fixture.h"

namespace mailkeep::pop3 {
namespace {

using namespace std::string_literals;
using protocol::ReadStatus;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Pop3Login : public Pop3Test {};
class Pop3Session : public Pop3Test {};

TEST_F(Pop3Login, UserAndPass) {
  deliver({"A: b\r\n\r\n1\r\n"});
  EXPECT_EQ(run("USER ann\r\nPASS secret\r\nQUIT\r\n"),
            "+OK Password, please\r\n+OK Maildrop has 1 messages (11 octets)\r\n+OK Bye\r\n");
  EXPECT_THAT(events_.ends, ElementsAre("ann: logout"));
  EXPECT_THAT(authenticator_.mechanisms, ElementsAre("USER"));
}

TEST_F(Pop3Login, RefusesAWrongPasswordAndAsksForTheNameAgain) {
  EXPECT_EQ(run("USER ann\r\nPASS wrong\r\nPASS secret\r\nUSER ann\r\nPASS secret\r\n"),
            "+OK Password, please\r\n-ERR [AUTH] Wrong name or password\r\n"
            "-ERR USER comes first\r\n+OK Password, please\r\n"
            "+OK Maildrop has 0 messages (0 octets)\r\n");
}

TEST_F(Pop3Login, SaysWhatKindOfErrorItIs) {  // RFC 3206
  EXPECT_EQ(run("USER damaged\r\nPASS x\r\nUSER suspended\r\nPASS x\r\nUSER busy\r\nPASS x\r\n"
                "USER broken\r\nPASS x\r\n"),
            "+OK Password, please\r\n"
            "-ERR [SYS/PERM] The mail cannot be opened, tell the administrator\r\n"
            "+OK Password, please\r\n-ERR [SYS/PERM] The account is suspended\r\n"
            "+OK Password, please\r\n-ERR [SYS/TEMP] Cannot log in now, try again later\r\n"
            "+OK Password, please\r\n-ERR [SYS/TEMP] Internal error, see the server's log\r\n");
  EXPECT_THAT(events_.failures, ElementsAre("PASS 0"));
}

TEST_F(Pop3Login, AuthPlainWithAndWithoutInitialResponse) {  // RFC 5034 4
  const std::string response = sasl::encode_base64("\0ann\0secret"s);
  EXPECT_THAT(run("AUTH PLAIN " + response + "\r\n"), StartsWith("+OK Maildrop"));
  stream_.output.clear();
  EXPECT_THAT(run("AUTH PLAIN\r\n" + response + "\r\n"), StartsWith("+ \r\n+OK Maildrop"));
}

TEST_F(Pop3Login, AuthPlainActsForNobodyElse) {
  EXPECT_THAT(run("AUTH PLAIN " + sasl::encode_base64("ann\0ann\0secret"s) + "\r\n"),
              StartsWith("+OK"));
  stream_.output.clear();
  EXPECT_THAT(run("AUTH PLAIN " + sasl::encode_base64("bob\0ann\0secret"s) + "\r\n"),
              StartsWith("-ERR [AUTH]"));
}

TEST_F(Pop3Login, AuthRefusesWhatIsNoResponse) {
  EXPECT_EQ(run("AUTH PLAIN x\r\nAUTH PLAIN =\r\nAUTH PLAIN Zm9v\r\nAUTH PLAIN\r\n*\r\n"
                "AUTH PLAIN\r\n\r\nAUTH DIGEST-MD5\r\nNOOP\r\n"),
            "-ERR Not base64\r\n-ERR Not a PLAIN message\r\n-ERR Not a PLAIN message\r\n"
            "+ \r\n-ERR Authentication cancelled\r\n+ \r\n-ERR Not a PLAIN message\r\n"
            "-ERR Unknown mechanism\r\n-ERR NOOP is not allowed before log-in\r\n");
}

TEST_F(Pop3Login, AuthTakesAResponseLongerThanACommand) {
  const std::string response = sasl::encode_base64("\0ann\0"s + std::string(1024, 'x'));
  ASSERT_GT(response.size(), kMaxLineBytes);
  EXPECT_EQ(run("AUTH PLAIN\r\n" + response + "\r\nAUTH PLAIN\r\n" + std::string(30000, 'x') +
                "\r\nQUIT\r\n"),
            "+ \r\n-ERR [AUTH] Wrong name or password\r\n+ \r\n-ERR Line too long\r\n+OK Bye\r\n");
}

TEST_F(Pop3Login, AuthLoginAsksForNameAndPassword) {
  EXPECT_THAT(run("AUTH LOGIN\r\nYW5u\r\nc2VjcmV0\r\n"),
              StartsWith("+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n+OK"));
  stream_.output.clear();
  EXPECT_THAT(run("AUTH LOGIN YW5u\r\nc2VjcmV0\r\n"), StartsWith("+ UGFzc3dvcmQ6\r\n+OK"));
  stream_.output.clear();
  EXPECT_THAT(run("AUTH LOGIN\r\n*\r\n"), EndsWith("-ERR Authentication cancelled\r\n"));
}

TEST_F(Pop3Login, AuthWithoutArgumentListsMechanisms) {
  EXPECT_EQ(run("AUTH\r\n"), "+OK Mechanisms follow\r\nPLAIN\r\nLOGIN\r\n.\r\n");
}

TEST_F(Pop3Login, TakesNoPasswordWithoutTlsFromElsewhere) {
  stream_.loopback = false;
  stream_.tls_possible = true;
  const std::string replies = run("CAPA\r\nUSER ann\r\nAUTH PLAIN AGEAYg==\r\nPASS secret\r\n");
  EXPECT_THAT(replies, AllOf(HasSubstr("\r\nSTLS\r\n"), Not(HasSubstr("\r\nUSER\r\n")),
                             Not(HasSubstr("SASL"))));
  EXPECT_EQ(replies.substr(replies.find(".\r\n") + 3),
            "-ERR Passwords are accepted with TLS only: use STLS first\r\n"
            "-ERR Passwords are accepted with TLS only: use STLS first\r\n"
            "-ERR Passwords are accepted with TLS only: use STLS first\r\n");
  EXPECT_TRUE(authenticator_.mechanisms.empty());
}

TEST_F(Pop3Login, TheConfigurationDecidesAboutPlaintext) {
  settings_.plaintext_without_tls = Settings::Plaintext::never;
  EXPECT_THAT(run("USER ann\r\n"), StartsWith("-ERR"));
  settings_.plaintext_without_tls = Settings::Plaintext::always;
  stream_.loopback = false;
  stream_.output.clear();
  EXPECT_THAT(run("USER ann\r\n"), StartsWith("+OK"));
}

TEST_F(Pop3Login, StlsThrowsAwayWhatCameBeforeIt) {  // RFC 2595 4
  stream_.tls_possible = true;
  stream_.loopback = false;
  stream_.say("STLS\r\nUSER eve\r\nPASS x\r\n");
  stream_.say("CAPA\r\nSTLS\r\nUSER ann\r\nPASS secret\r\nSTLS\r\n");
  const std::string replies = run();
  EXPECT_THAT(replies, StartsWith("+OK Begin TLS negotiation now\r\n(TLS)\n+OK Capability"));
  EXPECT_THAT(replies, AllOf(HasSubstr("\r\nUSER\r\n"), HasSubstr("\r\nSASL PLAIN LOGIN\r\n"),
                             Not(HasSubstr("\r\nSTLS\r\n"))));
  EXPECT_THAT(replies, EndsWith("-ERR TLS is on already\r\n+OK Password, please\r\n"
                                "+OK Maildrop has 0 messages (0 octets)\r\n"
                                "-ERR STLS is not allowed after log-in\r\n"));
}

TEST_F(Pop3Login, StlsWithoutACertificateIsRefused) {
  EXPECT_EQ(run("STLS\r\n"), "-ERR TLS is not available\r\n");
}

TEST_F(Pop3Login, CapaListsWhatThereIs) {  // RFC 2449 5
  settings_.version = "1.2";
  const std::string begin =
      "+OK Capability list follows\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n"
      "USER\r\nSASL PLAIN LOGIN\r\nUTF8 USER\r\nLANG\r\nEXPIRE ";
  const std::string end = "\r\nIMPLEMENTATION Mailkeep-1.2\r\n.\r\n";
  EXPECT_EQ(run("CAPA\r\n"), begin + "1 USER" + end);  // RFC 2449 6.7: an owner may want that
  stream_.output.clear();
  EXPECT_EQ(run_logged_in("CAPA\r\n"), begin + "NEVER" + end);
}

TEST_F(Pop3Login, EndsAfterTooManyBadCommands) {
  std::string input;
  for (int i = 0; i < 30; ++i) input += "HELO\r\nCAPA\r\n";
  const std::string replies = run(input);
  EXPECT_THAT(replies, EndsWith("-ERR Unknown command\r\n-ERR Too many bad commands\r\n"));
  EXPECT_THAT(events_.ends, ElementsAre(": too many bad commands"));
}

TEST_F(Pop3Login, RefusedLogInsCountAsBadCommands) {
  settings_.max_bad_commands = 3;
  std::string input;
  for (int i = 0; i < 5; ++i) input += "USER ann\r\nPASS wrong\r\n";
  run(input);
  EXPECT_EQ(authenticator_.mechanisms.size(), 3U);
}

TEST_F(Pop3Login, QuitBeforeLogIn) {
  EXPECT_EQ(run("QUIT\r\nNOOP\r\n"), "+OK Bye\r\n");
}

TEST_F(Pop3Session, TooLongLinesAreRefusedAndAnEndlessOneEndsIt) {
  EXPECT_EQ(run_logged_in(std::string(1025, 'x') + "\r\nNOOP\r\n"),
            "-ERR Line too long\r\n+OK Nothing done\r\n");
  stream_.output.clear();
  for (int i = 0; i < 20; ++i) stream_.say(std::string(4096, 'x'));
  EXPECT_EQ(run_logged_in(""), "-ERR Line too long\r\n");
  EXPECT_EQ(events_.ends.back(), "ann: line without end");
}

TEST_F(Pop3Session, ATimeoutEndsItWithoutAWordAndWithoutDeleting) {  // RFC 1939 3
  deliver({"A: b\r\n\r\n"});
  stream_.say("DELE 1\r\n");
  stream_.events.push_back({ReadStatus::timed_out, "", {}});
  EXPECT_EQ(run_logged_in(""), "+OK Marked to be deleted\r\n");
  EXPECT_THAT(events_.ends, ElementsAre("ann: timeout"));
  EXPECT_EQ(stream_.last_limit, std::chrono::seconds(600));
  EXPECT_EQ(messages_in_inbox(), 1U);
}

TEST_F(Pop3Session, WaitsLessBeforeLogIn) {
  stream_.events.push_back({ReadStatus::timed_out, "", {}});
  EXPECT_EQ(run(), "");
  EXPECT_EQ(stream_.last_limit, std::chrono::seconds(60));
}

TEST_F(Pop3Session, AStoppingServerSaysSo) {
  stream_.events.push_back({ReadStatus::stopping, "", {}});
  EXPECT_EQ(run_logged_in(""), "-ERR [SYS/TEMP] Server is stopping, try again later\r\n");
  EXPECT_THAT(events_.ends, ElementsAre("ann: stopping"));
}

TEST_F(Pop3Session, AClosedConnectionDeletesNothing) {
  deliver({"A: b\r\n\r\n"});
  run_logged_in("DELE 1\r\n");
  EXPECT_THAT(events_.ends, ElementsAre("ann: closed"));
  EXPECT_EQ(messages_in_inbox(), 1U);
}

TEST_F(Pop3Session, PipelinedCommandsAreAnsweredTogether) {  // RFC 2449 6.6
  deliver({"A: b\r\n\r\n1\r\n", "A: b\r\n\r\n22\r\n", "A: b\r\n\r\n333\r\n"});
  stream_.say("USER ann\r\nPASS secret\r\nSTAT\r\nRETR 1\r\nRETR 2\r\nRETR 3\r\nNOOP\r\nQUIT\r\n");
  run();
  EXPECT_EQ(stream_.writes, 2U) << "the greeting, and all replies";
  EXPECT_EQ(pool_.jobs, 2U) << "the maildrop, and all messages";
}

// The maildrop stays as it is: only QUIT updates it (RFC 1939 6).
TEST_F(Pop3Session, EndsWhenTheAccountIsSuspended) {
  deliver({"A: b\r\n\r\n1\r\n"});
  const auto suspend = [&] {
    ASSERT_TRUE(store::Credentials(directory_).set_suspended("ann", true));
    store_->maintain();
  };
  stream_.say("DELE 1\r\n");
  stream_.events.push_back({ReadStatus::woken, "", suspend});
  stream_.say("QUIT\r\n");
  EXPECT_EQ(run_logged_in(""),
            "+OK Marked to be deleted\r\n-ERR [SYS/PERM] The account is suspended.\r\n");
  EXPECT_THAT(events_.ends, ElementsAre("ann: account closed"));
  EXPECT_EQ(messages_in_inbox(), 1U);
}

TEST_F(Pop3Session, EndsWhenTheAccountIsSuspendedDuringTheLogIn) {
  ASSERT_TRUE(store::Credentials(directory_).set_suspended("ann", true));
  store_->maintain();
  EXPECT_THAT(run("USER ann\r\nPASS secret\r\nSTAT\r\n"),
              EndsWith("-ERR [SYS/PERM] The account is suspended.\r\n"));
}

TEST_F(Pop3Session, EndsBeforeTheNextCommandWhenTheAccountIsRemoved) {
  stream_.say("NOOP\r\n");
  stream_.events.push_back(
      {ReadStatus::data, "STAT\r\nQUIT\r\n", [&] { ASSERT_TRUE(store_->remove_account("ann")); }});
  EXPECT_THAT(run_logged_in(""), EndsWith("\r\n-ERR [SYS/PERM] There is no such account.\r\n"));
}

}  // namespace
}  // namespace mailkeep::pop3
