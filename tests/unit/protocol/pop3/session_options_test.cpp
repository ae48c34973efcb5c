// What settings change of a POP3 session, UTF8 and LANG, and mechanisms with several steps.
#include <gmock/gmock.h>

#include "protocol/pop3/maildrop_gate.h"
#include "protocol/sasl/base64.h"
#include "protocol/sasl/scram.h"
#include "tests/unit/protocol/pop3/pop3_fixture.h"

namespace mailkeep::pop3 {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Knows ann's digest "0...0" and keys for SCRAM, of which any proof is right.
class KnowingAuthenticator : public FakeAuthenticator {
 public:
  std::string timestamp;

  bool offers(std::string_view mechanism) const override {
    return mechanism == "PLAIN" || mechanism == "SCRAM-SHA-256";
  }
  Awaitable<protocol::LoginResult> check_digest(std::string name, std::string given,
                                                std::string digest,
                                                protocol::LoginOrigin) override {
    timestamp = given;
    if (name != "ann" || digest != std::string(32, '0')) {
      co_return std::unexpected(protocol::LoginError::refused);
    }
    co_return account;
  }
  Awaitable<std::expected<sasl::ScramRecord, protocol::LoginError>> find_keys(
      std::string, store::ScramHash, protocol::LoginOrigin) override {
    co_return sasl::ScramRecord{4096, "salt", {}};
  }
  Awaitable<protocol::LoginResult> conclude(sasl::Action action, protocol::LoginOrigin) override {
    if (action.name == "blocked") co_return std::unexpected(protocol::LoginError::blocked);
    co_return std::unexpected(protocol::LoginError::refused);
  }
};

class Pop3Options : public Pop3Test {
 protected:
  Pop3Options() { knowing_.account = authenticator_.account; }
  ~Pop3Options() override { knowing_.account.reset(); }

  // All that is said, the greeting too.
  std::string talk(const std::string& input) {
    stream_.output.clear();
    stream_.say(input);
    boost::asio::io_context context;
    Session session(stream_, {pool_, knowing_, events_, settings_, &gate_});
    boost::asio::co_spawn(context, session.run(),
                          [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
    context.run();
    return stream_.output;
  }

  KnowingAuthenticator knowing_;
  MaildropGate gate_;
};

const std::string kLogIn = "USER ann\r\nPASS secret\r\n";

TEST_F(Pop3Options, ApopIsOffUnlessConfigured) {
  const std::string command = "APOP ann " + std::string(32, '0') + "\r\n";
  EXPECT_THAT(talk(command), EndsWith("-ERR APOP is not available\r\n"));
  settings_.apop = true;
  const std::string said = talk(command);
  EXPECT_THAT(said, HasSubstr("+OK Maildrop has"));
  EXPECT_THAT(said.substr(0, said.find("\r\n")), EndsWith(" " + knowing_.timestamp));
  EXPECT_THAT(knowing_.timestamp, AllOf(StartsWith("<"), EndsWith("@localhost>")));
  const std::string before = knowing_.timestamp;
  EXPECT_THAT(talk("APOP ann " + std::string(32, '1') + "\r\n"), HasSubstr("-ERR [AUTH]"));
  EXPECT_NE(knowing_.timestamp, before);
  EXPECT_THAT(talk("APOP ann\r\nAPOP ann xyz\r\n"),
              HasSubstr("-ERR Wrong arguments, expected: APOP name digest\r\n-ERR Wrong"));
}

TEST_F(Pop3Options, ScramHasItsSteps) {
  const std::string first = sasl::encode_base64("n,,n=ann,r=abc");
  const std::string said = talk("AUTH SCRAM-SHA-256 " + first + "\r\n*\r\n" +
                                "AUTH SCRAM-SHA-256\r\n" + first + "\r\nYQ==\r\n");
  EXPECT_THAT(said, HasSubstr("\r\n+ cj1hYm"));
  EXPECT_THAT(said, HasSubstr("-ERR Authentication cancelled\r\n+ \r\n+ "));
  EXPECT_THAT(said, EndsWith("-ERR Not a SCRAM message\r\n"));
  EXPECT_THAT(talk("AUTH LOGIN\r\nAUTH EXTERNAL\r\nAUTH SCRAM-SHA-256-PLUS\r\n"),
              EndsWith("-ERR Unknown mechanism\r\n-ERR Unknown mechanism\r\n"
                       "-ERR Unknown mechanism\r\n"));
  EXPECT_THAT(talk("CAPA\r\n"), HasSubstr("\r\nSASL SCRAM-SHA-256 PLAIN\r\n"));
}

TEST_F(Pop3Options, LangKnowsEnglish) {  // RFC 6856 3
  EXPECT_THAT(talk("LANG\r\nLANG en\r\nLANG EN\r\nLANG *\r\nLANG de\r\n"),
              EndsWith("+OK Language listing follows:\r\nen English\r\n.\r\n"
                       "+OK en This is English\r\n+OK en This is English\r\n"
                       "+OK en This is English\r\n-ERR No such language\r\n"));
}

TEST_F(Pop3Options, NamesAndPasswordsAreUtf8) {
  EXPECT_THAT(talk("USER ann\r\nPASS \xff\r\n"), HasSubstr("-ERR [AUTH] Names and passwords"));
}

TEST_F(Pop3Options, MessagesWithUtf8HeadersCanBeRefused) {  // RFC 6856 5
  deliver({"Subject: gr\xc3\xbc\xc3\x9f\r\n\r\nhi\r\n", "Subject: plain\r\n\r\n\xc3\xbc\r\n"});
  EXPECT_THAT(talk(kLogIn + "RETR 1\r\n"), HasSubstr("gr\xc3\xbc\xc3\x9f"));
  settings_.refuses_utf8 = true;
  const std::string said = talk(kLogIn + "RETR 1\r\nTOP 1 0\r\nRETR 2\r\n");
  EXPECT_THAT(said, AllOf(HasSubstr("-ERR [UTF8] "), Not(HasSubstr("gr\xc3\xbc")),
                          HasSubstr("Subject: plain")));
  EXPECT_THAT(talk("UTF8\r\n" + kLogIn + "RETR 1\r\n"), HasSubstr("gr\xc3\xbc\xc3\x9f"));
}

TEST_F(Pop3Options, ExpireZeroRemovesWhatWasRetrieved) {  // RFC 2449 6.7
  settings_.expire_days = 0;
  deliver({"Subject: 1\r\n\r\n1\r\n", "Subject: 2\r\n\r\n2\r\n", "Subject: 3\r\n\r\n3\r\n"});
  EXPECT_THAT(talk("CAPA\r\n"), HasSubstr("\r\nEXPIRE 0\r\n"));
  talk(kLogIn + "RETR 1\r\n");  // no QUIT
  EXPECT_EQ(messages_in_inbox(), 3U);
  talk(kLogIn + "RETR 1\r\nTOP 2 9\r\nQUIT\r\n");
  EXPECT_EQ(messages_in_inbox(), 2U);
}

TEST_F(Pop3Options, ExpireRemovesNothingSoonerThanItsDays) {
  deliver({"Subject: 1\r\n\r\n1\r\n"});
  settings_.expire_days = 1;
  EXPECT_THAT(talk("CAPA\r\n" + kLogIn + "RETR 1\r\nQUIT\r\n"), HasSubstr("\r\nEXPIRE 1\r\n"));
  EXPECT_EQ(messages_in_inbox(), 1U);
}

TEST_F(Pop3Options, ExpireTellsWhatTheOwnerOfTheMaildropWants) {
  const auto expiry_of = [&](const std::string& age) {
    const store::AnnotationChange change{std::string(store::kExpireEntry), age};
    const auto account = authenticator_.account;
    EXPECT_TRUE(account->annotate(account->mailbox("INBOX")->id, {&change, 1}));
    const std::string said = talk(kLogIn + "CAPA\r\n");
    const std::size_t at = said.find("\r\nEXPIRE ") + 9;
    return said.substr(at, said.find("\r\n", at) - at);
  };
  EXPECT_EQ(expiry_of("none"), "NEVER");
  EXPECT_EQ(expiry_of("60h"), "2") << "whole days";
  EXPECT_EQ(expiry_of("1h"), "1") << "nothing goes sooner";
  settings_.expire_days = 30;
  EXPECT_EQ(expiry_of("4w"), "28");
  EXPECT_EQ(expiry_of("5w"), "30");
  EXPECT_THAT(talk("CAPA\r\n"), HasSubstr("\r\nEXPIRE 1 USER\r\n"));
}

TEST_F(Pop3Options, DeletedMessagesCanStayForImap) {
  settings_.deletes_by_flag = true;
  deliver({"Subject: 1\r\n\r\n1\r\n", "Subject: 2\r\n\r\n2\r\n"});
  talk(kLogIn + "DELE 1\r\nQUIT\r\n");
  EXPECT_EQ(messages_in_inbox(), 2U);
  EXPECT_THAT(talk(kLogIn + "STAT\r\n"), HasSubstr("\r\n+OK 1 "));
}

TEST_F(Pop3Options, UniqueIdsLookAsConfigured) {
  deliver({"Subject: 1\r\n\r\n1\r\n"});
  settings_.unique_id = "UID%u";
  EXPECT_THAT(talk(kLogIn + "UIDL 1\r\n"), EndsWith("+OK 1 UID1\r\n"));
}

TEST_F(Pop3Options, AnExclusiveMaildropIsInUse) {  // RFC 2449 8.1.2
  settings_.exclusive = true;
  EXPECT_EQ(gate_.enter("ann", true, std::chrono::seconds(0), MaildropGate::Clock::now()),
            MaildropGate::Verdict::open);
  EXPECT_THAT(talk(kLogIn), EndsWith("-ERR [IN-USE] Another session is in this maildrop\r\n"));
  gate_.leave("ann");
  EXPECT_THAT(talk(kLogIn), HasSubstr("+OK Maildrop"));
  EXPECT_THAT(talk(kLogIn), HasSubstr("+OK Maildrop"));  // the last one left
}

TEST_F(Pop3Options, LogInsKeepTheirDistance) {  // RFC 2449 8.1.1
  settings_.login_delay = std::chrono::seconds(60);
  EXPECT_THAT(talk("CAPA\r\n"), HasSubstr("\r\nLOGIN-DELAY 60\r\n"));
  EXPECT_THAT(talk(kLogIn), HasSubstr("+OK Maildrop"));
  EXPECT_THAT(talk(kLogIn), HasSubstr("-ERR [LOGIN-DELAY] "));
}

TEST_F(Pop3Options, OutlookIsSparedNulsAndHeadersWithoutEnd) {
  deliver({std::string("Subject: 1\r\n\r\na\0b\r\n", 19), "Subject: no body\r\n"});
  EXPECT_THAT(talk(kLogIn + "RETR 2\r\n"), EndsWith("Subject: no body\r\n.\r\n"));
  settings_.replaces_nuls = true;
  settings_.ends_headers = true;
  EXPECT_THAT(talk(kLogIn + "RETR 1\r\n"), EndsWith("\r\n\r\na\x80"
                                                    "b\r\n.\r\n"));
  EXPECT_THAT(talk(kLogIn + "RETR 2\r\n"), EndsWith("Subject: no body\r\n\r\n.\r\n"));
}

}  // namespace
}  // namespace mailkeep::pop3
