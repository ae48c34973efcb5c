#include "protocol/sasl/bearer.h"

#include <gtest/gtest.h>

namespace mailkeep::sasl {
namespace {

// RFC 7628 4.1
TEST(Bearer, ReadsTheRfcsExample) {
  const auto message = parse_oauthbearer(
      "n,a=user@example.com,\x01"
      "host=server.example.com\x01"
      "port=143\x01"
      "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->name, "user@example.com");
  EXPECT_EQ(message->token, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
}

TEST(Bearer, TheNameMayBeMissingOrEscaped) {
  EXPECT_EQ(parse_oauthbearer("n,,\x01"
                              "auth=bearer t\x01\x01")
                ->name,
            "");
  EXPECT_EQ(parse_oauthbearer("y,a=a=2Cb=3D,\x01"
                              "auth=Bearer t\x01\x01")
                ->name,
            "a,b=");
}

TEST(Bearer, RefusesMessagesThatAreNone) {
  for (const char* message : {"", "\x01", "n,,", "n,,\x01\x01",
                              "n,,\x01"
                              "auth=Bearer t\x01",
                              "n,,auth=Bearer t\x01\x01",
                              "n,,\x01"
                              "auth=Basic t\x01\x01",
                              "n,,\x01"
                              "auth=Bearer \x01\x01",
                              "n,,\x01"
                              "auth=Bearer a b\x01\x01",
                              "n,,\x01"
                              "auth=Bearer t\x01\x01more",
                              "n,,\x01"
                              "=x\x01"
                              "auth=Bearer t\x01\x01",
                              "n,,\x01"
                              "x\x01"
                              "auth=Bearer t\x01\x01",
                              "p=tls-exporter,,\x01"
                              "auth=Bearer t\x01\x01",
                              "n,b=x,\x01"
                              "auth=Bearer t\x01\x01",
                              "n,a=,\x01"
                              "auth=Bearer t\x01\x01",
                              "n,a=\xff,\x01"
                              "auth=Bearer t\x01\x01"}) {
    EXPECT_FALSE(parse_oauthbearer(message)) << message;
  }
  const std::string large(kMaxTokenBytes, 'x');
  EXPECT_TRUE(
      parse_oauthbearer("n,,\x01"
                        "auth=Bearer " +
                        large + "\x01\x01"));
  EXPECT_FALSE(
      parse_oauthbearer("n,,\x01"
                        "auth=Bearer " +
                        large + "x\x01\x01"));
}

TEST(Bearer, ReadsXoauth2) {
  const auto message = parse_xoauth2(
      "user=ann@example.org\x01"
      "auth=Bearer ya29.vF9d\x01\x01");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->name, "ann@example.org");
  EXPECT_EQ(message->token, "ya29.vF9d");
  EXPECT_FALSE(parse_xoauth2("auth=Bearer t\x01\x01"));
  EXPECT_FALSE(parse_xoauth2("user=ann\x01\x01"));
  EXPECT_FALSE(
      parse_xoauth2("user=ann\x01"
                    "auth=Bearer t\x01"));
}

TEST(Bearer, TellsWhyATokenWasRefused) {
  EXPECT_EQ(OAuthBearerExchange().refusal(), R"({"status":"invalid_token"})");
  EXPECT_NE(XOAuth2Exchange().refusal().find("401"), std::string::npos);
}

}  // namespace
}  // namespace mailkeep::sasl
