#include "protocol/imap/commands/authentication.h"

#include <gtest/gtest.h>

#include "protocol/sasl/base64.h"
#include "tests/unit/protocol/imap/commands/accepts.h"
#include "tests/unit/protocol/imap/commands/dialog.h"

namespace mailkeep::imap {
namespace {

using namespace std::string_literals;

class Authentication : public DialogTest {
 protected:
  static bool welcomed(const std::string& output, const std::string& tag = "a") {
    return output.ends_with("\r\n") &&
           output.find(tag + " OK [CAPABILITY IMAP4rev1 ") != std::string::npos;
  }
};

const std::string kPlain = sasl::encode_base64("\0ann\0secret"s);
const std::string kRefused = "a NO [AUTHENTICATIONFAILED] Wrong name or password\r\n";

TEST(AuthenticationParsers, read_login) {
  Decoder decoder(" \"a b\" {3}\r\n\"x\\");
  const auto command = parse_login(decoder);
  ASSERT_TRUE(command);
  EXPECT_EQ(command->name, "a b");
  EXPECT_EQ(command->password, "\"x\\");
  for (const char* arguments : {"", " ", " a", " a ", " a b c", " a  b", "a b", " (a) b"}) {
    EXPECT_FALSE(accepts(parse_login, arguments)) << arguments;
  }
}

TEST(AuthenticationParsers, read_authenticate) {
  Decoder without(" plain");
  EXPECT_EQ(parse_authenticate(without)->mechanism, "PLAIN");
  Decoder with(" PLAIN AGE+/w==");
  EXPECT_EQ(parse_authenticate(with)->initial_response, "AGE+/w==");
  Decoder empty(" EXTERNAL =");
  EXPECT_EQ(parse_authenticate(empty)->initial_response, "=");
  for (const char* arguments : {"", " ", " PLAIN a b", " \"PLAIN\"", " PLAIN \"a\""}) {
    EXPECT_FALSE(accepts(parse_authenticate, arguments)) << arguments;
  }
}

TEST(AuthenticationParsers, starttls_takes_nothing) {
  EXPECT_TRUE(accepts(parse_starttls, ""));
  EXPECT_FALSE(accepts(parse_starttls, " x"));
}

TEST_F(Authentication, login_with_the_right_password) {
  EXPECT_TRUE(welcomed(say("a LOGIN ann secret\r\n")));
  EXPECT_TRUE(welcomed(say("a LOGIN {3+}\r\nann \"secret\"\r\n")));
  EXPECT_EQ(authenticator_.seen.back(), "LOGIN|ann|secret|");
}

TEST_F(Authentication, login_asks_for_literals) {
  EXPECT_TRUE(say({"a LOGIN {3}\r\n", "ann {6}\r\n", "secret\r\n"})
                  .starts_with("+ Ready for literal\r\n+ Ready for literal\r\na OK "));
}

TEST_F(Authentication, a_wrong_name_and_a_wrong_password_look_alike) {
  EXPECT_EQ(say("a LOGIN ann wrong\r\n"), kRefused);
  EXPECT_EQ(say("a LOGIN bob secret\r\n"), kRefused);
  EXPECT_EQ(say("a LOGIN \"\" \"\"\r\n"), kRefused);
}

TEST_F(Authentication, tells_why_a_right_password_does_not_help) {
  EXPECT_TRUE(say("a LOGIN damaged x\r\n").starts_with("a NO [CONTACTADMIN] "));
  EXPECT_TRUE(say("a LOGIN suspended x\r\n").starts_with("a NO [CONTACTADMIN] "));
  EXPECT_TRUE(say("a LOGIN busy x\r\n").starts_with("a NO [UNAVAILABLE] "));
}

TEST_F(Authentication, a_session_may_try_again) {
  EXPECT_TRUE(welcomed(say("a LOGIN ann wrong\r\nb LOGIN ann secret\r\n"), "b"));
}

TEST_F(Authentication, nobody_logs_in_twice) {
  EXPECT_TRUE(say_logged_in("a LOGIN ann secret\r\n").starts_with("a BAD "));
  EXPECT_TRUE(say_logged_in("a AUTHENTICATE PLAIN\r\n").starts_with("a BAD "));
  EXPECT_TRUE(say_logged_in("a STARTTLS\r\n").starts_with("a BAD "));
}

TEST_F(Authentication, no_password_is_taken_without_tls) {
  stream_.loopback = false;
  for (const std::string& command : {"LOGIN ann secret"s, "AUTHENTICATE PLAIN"s,
                                     "AUTHENTICATE PLAIN " + kPlain, "AUTHENTICATE LOGIN"s}) {
    EXPECT_EQ(say("a " + command + "\r\n"), "a NO [PRIVACYREQUIRED] Log-in needs TLS\r\n");
  }
  EXPECT_TRUE(authenticator_.seen.empty());
  stream_.tls = true;
  EXPECT_TRUE(welcomed(say("a LOGIN ann secret\r\n")));
}

TEST_F(Authentication, plain_with_a_challenge) {
  const std::string output = say({"a AUTHENTICATE PLAIN\r\n", kPlain + "\r\n"});
  EXPECT_TRUE(output.starts_with("+ \r\na OK "));
  EXPECT_TRUE(welcomed(output));
  EXPECT_EQ(authenticator_.seen.back(), "PLAIN|ann|secret|");
}

TEST_F(Authentication, plain_with_an_initial_response) {
  EXPECT_TRUE(say("a AUTHENTICATE PLAIN " + kPlain + "\r\n").starts_with("a OK "));
  say("a AUTHENTICATE plain " + sasl::encode_base64("ann\0ann\0secret"s) + "\r\n");
  EXPECT_EQ(authenticator_.seen.back(), "PLAIN|ann|secret|ann");
}

TEST_F(Authentication, plain_refuses_messages_that_are_none) {
  for (const auto& message : {""s, "ann"s, "\0ann"s, "\0\0"s, "\0ann\0"s, "\0ann\0secret\0"s}) {
    EXPECT_EQ(say({"a AUTHENTICATE PLAIN\r\n", sasl::encode_base64(message) + "\r\n"}),
              "+ \r\n" + kRefused);
  }
  EXPECT_EQ(say("a AUTHENTICATE PLAIN =\r\n"), kRefused);
  EXPECT_TRUE(authenticator_.seen.empty());
}

TEST_F(Authentication, responses_must_be_base64) {
  EXPECT_EQ(say({"a AUTHENTICATE PLAIN\r\n", "!!!\r\n", "b NOOP\r\n"}),
            "+ \r\na BAD Response is not base64\r\nb OK NOOP completed\r\n");
  EXPECT_EQ(say("a AUTHENTICATE PLAIN AAA\r\n"), "a BAD Response is not base64\r\n");
}

TEST_F(Authentication, a_star_cancels) {
  EXPECT_EQ(say({"a AUTHENTICATE PLAIN\r\n", "*\r\n", "b NOOP\r\n"}),
            "+ \r\na BAD Authentication cancelled\r\nb OK NOOP completed\r\n");
  EXPECT_EQ(say("a AUTHENTICATE LOGIN\r\nYW5u\r\n*\r\n"),
            "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\na BAD Authentication cancelled\r\n");
}

TEST_F(Authentication, the_login_mechanism_asks_twice) {
  const std::string output =
      say({"a AUTHENTICATE LOGIN\r\n", "YW5u\r\n", sasl::encode_base64("secret") + "\r\n"});
  EXPECT_TRUE(output.starts_with("+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\na OK "));
  EXPECT_EQ(authenticator_.seen.back(), "LOGIN|ann|secret|");
}

TEST_F(Authentication, the_login_mechanism_takes_the_name_at_once) {
  EXPECT_TRUE(say({"a AUTHENTICATE LOGIN YW5u\r\n", sasl::encode_base64("secret") + "\r\n"})
                  .starts_with("+ UGFzc3dvcmQ6\r\na OK "));
}

TEST_F(Authentication, knows_no_other_mechanism) {
  EXPECT_EQ(say("a AUTHENTICATE X-FOO\r\n"), "a NO [CANNOT] No such authentication mechanism\r\n");
}

TEST_F(Authentication, a_response_that_is_too_long_costs_the_command_only) {
  const std::string output =
      say({"a AUTHENTICATE PLAIN\r\n", std::string(100'000, 'A'), "\r\nb NOOP\r\n"});
  EXPECT_EQ(output, "+ \r\na BAD line too long\r\nb OK NOOP completed\r\n");
}

TEST_F(Authentication, a_response_is_no_literal) {
  EXPECT_EQ(say({"a AUTHENTICATE PLAIN\r\n", "{5+}\r\nb NOOP\r\nc NOOP\r\n"}),
            "+ \r\na BAD Expected base64\r\nc OK NOOP completed\r\n");
}

TEST_F(Authentication, a_response_that_cannot_be_passed_over_ends_the_session) {
  EXPECT_EQ(say({"a AUTHENTICATE PLAIN\r\n", "{4294967296+}\r\nb NOOP\r\n"}),
            "+ \r\n* BYE literal too large\r\n");
}

TEST_F(Authentication, the_client_may_go_away_in_between) {
  EXPECT_EQ(say("a AUTHENTICATE PLAIN\r\n"), "+ \r\n");
  stream_.end = protocol::ReadStatus::timed_out;
  const std::string output = say("a AUTHENTICATE PLAIN\r\n");
  EXPECT_TRUE(output.starts_with("+ \r\n* BYE ")) << output;
}

TEST_F(Authentication, starttls_forgets_what_came_in_plaintext) {
  stream_.loopback = false;
  stream_.tls_possible = true;
  const std::string output =
      say({"a STARTTLS\r\nb LOGIN ann secret\r\nc NO", "d LOGIN ann secret\r\n"});
  EXPECT_TRUE(output.starts_with("a OK Begin the TLS handshake\r\n(TLS)d OK ")) << output;
}

TEST_F(Authentication, starttls_is_refused_where_it_cannot_be) {
  EXPECT_TRUE(say("a STARTTLS\r\n").starts_with("a BAD "));
  stream_.tls = true;
  EXPECT_EQ(say("a STARTTLS\r\n"), "a BAD TLS is on already\r\n");
}

}  // namespace
}  // namespace mailkeep::imap
