#include "protocol/socketmap/wire/netstring.h"

#include <gtest/gtest.h>

namespace mailkeep::socketmap {
namespace {

template <class Event>
bool gives(std::string input) {
  return std::holds_alternative<Event>(take_request(input));
}

TEST(Netstring, GivesRequestsHoweverTheyAreCut) {
  const std::string request = "19:users ann@b.example,";
  std::string input;
  for (const char c : request.substr(0, request.size() - 1)) {
    input += c;
    EXPECT_TRUE(std::holds_alternative<NeedMore>(take_request(input))) << input;
  }
  input += ",4:a b";
  const RequestEvent event = take_request(input);
  const Request* found = std::get_if<Request>(&event);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->map, "users");
  EXPECT_EQ(found->key, "ann@b.example");
  EXPECT_EQ(input, "4:a b");
}

TEST(Netstring, RefusesWhatIsNone) {
  EXPECT_TRUE(gives<BadInput>("x"));
  EXPECT_TRUE(gives<BadInput>(":a b,"));
  EXPECT_TRUE(gives<BadInput>("-1:a,"));
  EXPECT_TRUE(gives<BadInput>("99999"));
  EXPECT_TRUE(gives<BadInput>("4097:"));
  EXPECT_TRUE(gives<BadInput>("3:a b;"));
  EXPECT_TRUE(gives<BadInput>("3:abc,"));
  EXPECT_TRUE(gives<NeedMore>("4096:"));
}

TEST(Netstring, WritesReplies) {
  EXPECT_EQ(netstring("NOTFOUND "), "9:NOTFOUND ,");
}

}  // namespace
}  // namespace mailkeep::socketmap
