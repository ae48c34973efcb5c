#include "protocol/lmtp/session.h"

#include <gmock/gmock.h>

#include "tests/unit/protocol/lmtp/lmtp_fixture.h"

namespace mailkeep::lmtp {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using LmtpSession = LmtpTest;

constexpr const char* kMessage = "Subject: hello\r\n\r\nHello.\r\n";

std::string mail(const std::string& recipients_and_data) {
  return "MAIL FROM:<sender@example>\r\n" + recipients_and_data;
}

TEST_F(LmtpSession, DeliversAndAnswersForEachRecipientInOrder) {
  const std::string replies = run_greeted(
      mail("RCPT TO:<bob>\r\nRCPT TO:<nobody>\r\nRCPT TO:<ann>\r\nDATA\r\n") + kMessage + ".\r\n");
  EXPECT_EQ(replies,
            "250 2.1.0 Sender ok\r\n250 2.1.5 Recipient ok\r\n550 5.1.1 No such user here\r\n"
            "250 2.1.5 Recipient ok\r\n354 End the message with a dot on a line of its own\r\n"
            "250 2.1.5 <bob> Delivered\r\n250 2.1.5 <ann> Delivered\r\n");
  ASSERT_THAT(messages(account(), "INBOX"), SizeIs(1));
  ASSERT_THAT(messages(*bob_, "INBOX"), SizeIs(1));
  EXPECT_THAT(log_.events,
              ElementsAre("sender@example -> bob 250 26", "sender@example -> ann 250 26"));
}

TEST_F(LmtpSession, AddsFieldsAndLeavesTheMessageAsItCame) {
  const std::string body = std::string("Subject: x\r\n\r\n") + "..\nbare\r.\r\n" + "\xff\r\n";
  run_greeted(mail("RCPT TO:<ann>\r\nDATA\r\nSubject: x\r\n\r\n...\nbare\r.\r\n\xff\r\n.\r\n"));
  const auto stored = messages(account(), "INBOX");
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_THAT(stored[0], StartsWith("Return-Path: <sender@example>\r\nDelivered-To: ann\r\n"
                                    "Received: from mx.example (192.0.2.1:1)\r\n"
                                    "\tby localhost with LMTP id "));
  EXPECT_THAT(stored[0], HasSubstr("\r\n\tfor <ann>;\r\n"));
  EXPECT_THAT(stored[0], EndsWith(body));
}

TEST_F(LmtpSession, TellsRecipientsNothingOfEachOther) {
  run_greeted(mail("RCPT TO:<ann>\r\nRCPT TO:<bob>\r\nDATA\r\n\r\n.\r\n"));
  EXPECT_THAT(messages(account(), "INBOX").at(0), Not(HasSubstr("bob")));
  EXPECT_THAT(messages(*bob_, "INBOX").at(0), Not(HasSubstr("ann")));
}

TEST_F(LmtpSession, StoresOnceForRecipientsThatShareAnAccount) {
  const std::string replies = run_greeted(
      mail("RCPT TO:<ann>\r\nRCPT TO:<ann+lists>\r\nRCPT TO:<ann>\r\nDATA\r\n\r\n.\r\n"));
  EXPECT_THAT(replies, EndsWith("250 2.1.5 <ann> Delivered\r\n250 2.1.5 <ann+lists> Delivered\r\n"
                                "250 2.1.5 <ann> Delivered\r\n"));
  EXPECT_EQ(deliveries_.jobs, 1U);
  const auto inbox = messages(account(), "INBOX");
  ASSERT_THAT(inbox, SizeIs(1));
  EXPECT_THAT(inbox[0], HasSubstr("Delivered-To: ann\r\nDelivered-To: ann+lists\r\nReceived:"));
  EXPECT_EQ(messages(account(), "lists"), inbox);
}

TEST_F(LmtpSession, AnAddressMayLeadToSeveralAccounts) {
  EXPECT_THAT(run_greeted(mail("RCPT TO:<both>\r\nDATA\r\n\r\n.\r\n")),
              EndsWith("250 2.1.5 <both> Delivered\r\n"));
  EXPECT_THAT(messages(account(), "INBOX"), SizeIs(1));
  EXPECT_THAT(messages(*bob_, "INBOX"), SizeIs(1));
}

TEST_F(LmtpSession, ItDoesNotMatterHowTheOctetsAreCut) {
  const std::string replies =
      run_dripping(mail("RCPT TO:<ann>\r\nDATA\r\na\r\n..b\r\n.\r\n") +
                   mail("RCPT TO:<ann>\r\nBDAT 3\r\na\r\nBDAT 4 LAST\r\n.\r\nb"));
  EXPECT_THAT(replies, EndsWith("250 2.0.0 3 octets received\r\n250 2.1.5 <ann> Delivered\r\n"));
  const auto stored = messages(account(), "INBOX");
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_THAT(stored[0], EndsWith("\r\na\r\n.b\r\n"));
  EXPECT_THAT(stored[1], EndsWith("\r\na\r\n.\r\nb"));
}

TEST_F(LmtpSession, LongMessagesAreHandedOnInPieces) {
  const std::string line(1'000'000, 'x');
  stream_.say("LHLO mx.example\r\n" + mail("RCPT TO:<ann>\r\nDATA\r\n\r\n"));
  for (int piece = 0; piece < 10; ++piece) stream_.say(line.substr(0, 100'000));
  stream_.say("\r\n.\r\nQUIT\r\n");
  EXPECT_THAT(run(), EndsWith("250 2.1.5 <ann> Delivered\r\n221 2.0.0 Bye\r\n"));
  EXPECT_THAT(messages(account(), "INBOX").at(0), EndsWith("\r\n\r\n" + line + "\r\n"));
}

TEST_F(LmtpSession, RefusesCommandsOutOfOrder) {
  EXPECT_THAT(run_greeted("RCPT TO:<ann>\r\nDATA\r\nMAIL FROM:<>\r\nMAIL FROM:<>\r\nDATA\r\n"),
              StartsWith("503 5.5.1 MAIL comes first\r\n503 5.5.1 MAIL comes first\r\n"
                         "250 2.1.0 Sender ok\r\n503 5.5.1 There is a sender already\r\n"
                         "503 5.5.1 No recipient was accepted\r\n"));
}

TEST_F(LmtpSession, WantsLhloFirst) {
  stream_.say("MAIL FROM:<>\r\nEHLO x\r\n");
  EXPECT_EQ(run(), "503 5.5.1 LHLO comes first\r\n500 5.5.1 Unknown command\r\n");
}

TEST_F(LmtpSession, ChunksAndDataDoNotMix) {
  EXPECT_EQ(run_greeted(mail("RCPT TO:<ann>\r\nBDAT 2\r\nabDATA\r\nRCPT TO:<bob>\r\nRSET\r\n"
                             "DATA\r\n")),
            "250 2.1.0 Sender ok\r\n250 2.1.5 Recipient ok\r\n250 2.0.0 2 octets received\r\n"
            "503 5.5.1 BDAT has begun this message\r\n503 5.5.1 The message has begun\r\n"
            "250 2.0.0 Forgotten\r\n503 5.5.1 MAIL comes first\r\n");
  EXPECT_THAT(messages(account(), "INBOX"), SizeIs(0));
}

TEST_F(LmtpSession, ReadsChunksThatItRefuses) {
  // RFC 2033 4.3: BDAT LAST without recipients has no reply at all.
  EXPECT_EQ(
      run_greeted("BDAT 6\r\nQUIT\r\nNOOP\r\nMAIL FROM:<>\r\nBDAT 6 LAST\r\nQUIT\r\nNOOP\r\n"),
      "503 5.5.1 No recipient was accepted\r\n250 2.0.0 Ok\r\n250 2.1.0 Sender ok\r\n"
      "250 2.0.0 Ok\r\n");
}

TEST_F(LmtpSession, EndsWhereAChunkHasNoSize) {
  EXPECT_EQ(run_greeted(mail("RCPT TO:<ann>\r\nBDAT many\r\nQUIT\r\n")),
            "250 2.1.0 Sender ok\r\n250 2.1.5 Recipient ok\r\n"
            "501 5.5.4 Expected: BDAT octets [LAST]\r\n");
  EXPECT_THAT(events_.ends, ElementsAre(": bad chunk size"));
}

TEST_F(LmtpSession, EndsAtABareLineEndBetweenCommands) {
  EXPECT_EQ(run_greeted("NOOP\r\nNOOP\nMAIL FROM:<>\r\n"),
            "250 2.0.0 Ok\r\n500 5.5.2 Lines end with CRLF\r\n");
}

TEST_F(LmtpSession, RefusesMessagesThatAreTooBig) {
  lmtp_settings_.max_message_bytes = 10;
  EXPECT_THAT(
      run_greeted("MAIL FROM:<> SIZE=11\r\nMAIL FROM:<> SIZE=10\r\nRCPT TO:<ann>\r\nDATA\r\n"
                  "0123456789\r\n.\r\nNOOP\r\n"),
      StartsWith("552 5.3.4 The message is too big\r\n250 2.1.0 Sender ok\r\n"
                 "250 2.1.5 Recipient ok\r\n354 End the message with a dot on a line of its "
                 "own\r\n552 5.3.4 <ann> The message is too big\r\n250 2.0.0 Ok\r\n"));
  EXPECT_THAT(messages(account(), "INBOX"), SizeIs(0));
}

TEST_F(LmtpSession, RefusesChunksThatAreTooBigTogether) {
  lmtp_settings_.max_message_bytes = 10;
  EXPECT_THAT(run_greeted(mail("RCPT TO:<ann>\r\nBDAT 9\r\n123456789BDAT 9\r\n123456789"
                               "BDAT 1 LAST\r\nxNOOP\r\n")),
              EndsWith("552 5.3.4 The message is too big\r\n503 5.5.1 No recipient was accepted\r\n"
                       "250 2.0.0 Ok\r\n"));
}

TEST_F(LmtpSession, LimitsRecipients) {
  lmtp_settings_.max_recipients = 1;
  EXPECT_THAT(run_greeted(mail("RCPT TO:<ann>\r\nRCPT TO:<bob>\r\n")),
              EndsWith("250 2.1.5 Recipient ok\r\n452 4.5.3 Too many recipients\r\n"));
}

TEST_F(LmtpSession, LimitsBadCommands) {
  lmtp_settings_.max_bad_commands = 2;
  EXPECT_EQ(run_greeted("WHAT\r\nNOOP\r\nWHAT\r\nWHAT\r\nNOOP\r\n"),
            "500 5.5.1 Unknown command\r\n250 2.0.0 Ok\r\n500 5.5.1 Unknown command\r\n"
            "500 5.5.1 Unknown command\r\n421 4.7.0 Too many bad commands\r\n");
}

TEST_F(LmtpSession, LimitsCommandsThatBringNoMail) {
  std::string input;
  for (int i = 0; i < 1100; ++i) input += "NOOP\r\n";
  EXPECT_THAT(run_greeted(input), EndsWith("421 4.7.0 Too many commands without mail\r\n"));
}

TEST_F(LmtpSession, SaysWhyARecipientIsRefused) {
  EXPECT_THAT(
      run_greeted(mail("RCPT TO:<suspended>\r\nRCPT TO:<broken>\r\nRCPT TO:<j\xc3\xb6rg>\r\n")),
      EndsWith("450 4.2.1 The account is suspended\r\n"
               "451 4.3.0 Internal error, try again later\r\n"
               "553 5.6.7 This address needs SMTPUTF8\r\n"));
  EXPECT_THAT(events_.failures, ElementsAre("RCPT 0"));
}

TEST_F(LmtpSession, TimeOutsAndStopsAreSaid) {
  stream_.say("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<ann>\r\nDATA\r\nhalf");
  stream_.events.push_back({protocol::ReadStatus::timed_out, "", {}});
  EXPECT_THAT(run(), EndsWith("421 4.4.2 Nothing came for too long\r\n"));
  EXPECT_THAT(messages(account(), "INBOX"), SizeIs(0));
  stream_ = {};
  stream_.events.push_back({protocol::ReadStatus::stopping, "", {}});
  EXPECT_EQ(run(), "421 4.3.2 Server is stopping, try again later\r\n");
}

TEST_F(LmtpSession, TlsForgetsWhatWasSaidBefore) {
  stream_.tls_possible = true;
  stream_.say("LHLO x\r\nMAIL FROM:<>\r\nSTARTTLS\r\nNOOP\r\n");
  stream_.say("MAIL FROM:<>\r\nLHLO x\r\nSTARTTLS\r\n");
  const std::string replies = run();
  EXPECT_THAT(replies, HasSubstr("250 STARTTLS\r\n"));
  EXPECT_THAT(replies, HasSubstr("220 2.0.0 Begin the TLS handshake\r\n(TLS)\n"
                                 "503 5.5.1 LHLO comes first\r\n"));
  EXPECT_THAT(replies, EndsWith("250 SIZE 268435456\r\n503 5.5.1 TLS is on already\r\n"));
}

}  // namespace
}  // namespace mailkeep::lmtp
