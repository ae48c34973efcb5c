#include "protocol/auth_service/wire/request.h"

#include <gtest/gtest.h>

namespace mailkeep::auth_service {
namespace {

using namespace std::string_literals;

TEST(AuthRequest, ReadsWhatPostfixSends) {
  const auto request = parse_request(
      "AUTH\t7\tplain\tservice=smtp\tnologin\tlip=192.0.2.9\trip=192.0.2.1\tsecured\tresp=AGEAYg="
      "=");
  ASSERT_TRUE(request);
  const auto& auth = std::get<AuthRequest>(*request);
  EXPECT_EQ(auth.id, 7U);
  EXPECT_EQ(auth.mechanism, "PLAIN");
  EXPECT_EQ(auth.service, "smtp");
  EXPECT_EQ(auth.peer, "192.0.2.1:0");
  EXPECT_TRUE(auth.secured);
  EXPECT_EQ(auth.response, "AGEAYg==");
}

TEST(AuthRequest, ReadsAddressesWithPorts) {
  const auto request = parse_request("AUTH\t1\tLOGIN\trip=2001:db8::1\trport=25");
  EXPECT_EQ(std::get<AuthRequest>(*request).peer, "[2001:db8::1]:25");
  EXPECT_FALSE(std::get<AuthRequest>(*request).response);
  EXPECT_FALSE(std::get<AuthRequest>(*request).secured);
}

TEST(AuthRequest, ReadsTheOthers) {
  EXPECT_EQ(std::get<VersionRequest>(*parse_request("VERSION\t1\t2")).major, 1U);
  EXPECT_TRUE(std::holds_alternative<ClientRequest>(*parse_request("CPID\t123")));
  EXPECT_EQ(std::get<ContinueRequest>(*parse_request("CONT\t3\tYQ==")).response, "YQ==");
  EXPECT_EQ(std::get<ContinueRequest>(*parse_request("CONT\t3\t")).response, "");
  EXPECT_EQ(std::get<CancelRequest>(*parse_request("CANCEL\t3")).id, 3U);
}

TEST(AuthRequest, RefusesLinesThatAreNone) {
  for (const char* line :
       {"", "AUTH", "AUTH\t", "AUTH\tx\tPLAIN", "AUTH\t1", "AUTH\t1\t", "AUTH\t99999999999\tPLAIN",
        "CONT", "CONT\t-1\tx", "VERSION\tx", "HELO", "auth\t1\tPLAIN"}) {
    EXPECT_FALSE(parse_request(line)) << line;
  }
}

TEST(AuthRequest, EscapesWhatIsSpecial) {
  const std::string text = "a\tb\nc\rd\0e\x01"s;
  EXPECT_EQ(escape(text),
            "a\x01tb\x01nc\x01rd\x01"
            "0e\x01"
            "1");
  EXPECT_EQ(unescape(escape(text)), text);
}

}  // namespace
}  // namespace mailkeep::auth_service
