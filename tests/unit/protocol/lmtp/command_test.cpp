#include "protocol/lmtp/wire/command.h"

#include <gtest/gtest.h>

namespace mailkeep::lmtp {
namespace {

template <class T>
T parsed(std::string_view line) {
  const auto command = parse_command(line);
  if (!command || !std::holds_alternative<T>(command->command)) {
    ADD_FAILURE() << line << (command ? "" : ": " + command.error().reply.text);
    return T{};
  }
  return std::get<T>(command->command);
}

std::string error_of(std::string_view line) {
  const auto command = parse_command(line);
  if (command) return "none";
  return std::to_string(command.error().reply.code) + ' ' +
         std::string(command.error().reply.enhanced);
}

TEST(LmtpCommand, ReadsSenders) {
  const auto mail = parsed<MailCommand>("mail from:<Ann@Example.ORG> size=1234 body=8bitmime");
  EXPECT_EQ(mail.sender, (Address{"Ann", "Example.ORG"}));
  EXPECT_EQ(mail.size, 1234U);
  EXPECT_FALSE(mail.utf8);
  EXPECT_TRUE(parsed<MailCommand>("MAIL FROM:<>").sender.empty());
  EXPECT_TRUE(parsed<MailCommand>("MAIL FROM: <> SMTPUTF8").utf8);
  parsed<MailCommand>("MAIL FROM:<a@b> RET=HDRS ENVID=QQ314159 AUTH=<>");
}

TEST(LmtpCommand, ReadsRecipients) {
  const auto address = [](std::string_view line) { return parsed<RcptCommand>(line).recipient; };
  EXPECT_EQ(address("RCPT TO:<ann@example.org>"), (Address{"ann", "example.org"}));
  EXPECT_EQ(address("RCPT TO:<ann+lists@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb@c"),
            (Address{"ann+lists", "example.org"}));
  EXPECT_EQ(address("RCPT TO:<postmaster>"), (Address{"postmaster", ""}));
  EXPECT_EQ(address("RCPT TO:<@a.example,@b.example:ann@c.example>"),
            (Address{"ann", "c.example"}));
  EXPECT_EQ(address("RCPT TO:<\"ann \\\"x\\\" b\"@[192.0.2.1]>"),
            (Address{"ann \"x\" b", "[192.0.2.1]"}));
  EXPECT_EQ(address("RCPT TO:<j\xc3\xb6rg@example.org>").local_part, "j\xc3\xb6rg");
}

TEST(LmtpCommand, WritesAddressesWithTheQuotesTheyNeed) {
  EXPECT_EQ((Address{"ann", "b.example"}).text(), "ann@b.example");
  EXPECT_EQ((Address{"a \"b\\", "c"}).text(), "\"a \\\"b\\\\\"@c");
  EXPECT_EQ((Address{"ann", ""}).text(), "ann");
  EXPECT_EQ(Address{}.text(), "");
}

TEST(LmtpCommand, RefusesWrongAddresses) {
  for (const char* line :
       {"RCPT TO:<>", "RCPT TO:ann@example.org", "RCPT TO:<ann@>", "RCPT TO:<@example.org>",
        "RCPT TO:<ann@.example>", "RCPT TO:<ann@b..c>", "RCPT TO:<a b@c>", "RCPT TO:<a@b",
        "RCPT TO:<a@b>x", "RCPT TO:<\"a@b>", "RCPT TO:<\"\"@b>", "RCPT <a@b>"}) {
    EXPECT_EQ(error_of(line), "501 5.1.3") << line;
  }
  EXPECT_EQ(error_of("RCPT TO:<" + std::string(kMaxAddressBytes, 'a') + "@b>"), "501 5.1.3");
  EXPECT_EQ(error_of("MAIL FROM:<j\xc3\xb6rg@example.org>"), "550 5.6.7");
  EXPECT_EQ(error_of("MAIL FROM:ann"), "501 5.1.7");
}

TEST(LmtpCommand, RefusesWrongParameters) {
  EXPECT_EQ(error_of("MAIL FROM:<a@b> SIZE=many"), "501 5.5.4");
  EXPECT_EQ(error_of("MAIL FROM:<a@b> SIZE=99999999999999999999999"), "501 5.5.4");
  EXPECT_EQ(error_of("MAIL FROM:<a@b> BODY=BINARYMIME"), "501 5.5.4");
  EXPECT_EQ(error_of("MAIL FROM:<a@b> RET=ALL"), "501 5.5.4");
  EXPECT_EQ(error_of("MAIL FROM:<a@b> COLOUR=red"), "555 5.5.4");
  EXPECT_EQ(error_of("RCPT TO:<a@b> SIZE=1"), "555 5.5.4");
  EXPECT_EQ(error_of("RCPT TO:<a@b> NOTIFY"), "501 5.5.4");
  EXPECT_EQ(error_of("LHLO"), "501 5.5.4");
  EXPECT_EQ(error_of("LHLO a b"), "501 5.5.4");
  EXPECT_EQ(error_of("DATA now"), "501 5.5.4");
}

TEST(LmtpCommand, ReadsChunksAndEndsWhereTheirSizeIsUnknown) {
  const auto chunk = parsed<BdatCommand>("BDAT 86 last");
  EXPECT_EQ(chunk.size, 86U);
  EXPECT_TRUE(chunk.last);
  EXPECT_FALSE(parsed<BdatCommand>("BDAT 0").last);
  for (const char* line : {"BDAT", "BDAT -1", "BDAT x", "BDAT 1 2", "BDAT 1 LAST LAST",
                           "BDAT 99999999999999", "BDAT 99999999999999999999999"}) {
    const auto command = parse_command(line);
    ASSERT_FALSE(command) << line;
    EXPECT_TRUE(command.error().fatal) << line;
  }
}

TEST(LmtpCommand, RefusesWhatIsNoCommandOfLmtp) {
  EXPECT_EQ(error_of("HELO a.example"), "500 5.5.1");  // RFC 2033 4.1
  EXPECT_EQ(error_of("EHLO a.example"), "500 5.5.1");
  EXPECT_EQ(error_of(""), "500 5.5.1");
  EXPECT_EQ(error_of(std::string_view("NOOP\0", 5)), "500 5.5.2");
  EXPECT_EQ(error_of("NOOP \xff"), "500 5.5.2");
}

}  // namespace
}  // namespace mailkeep::lmtp
