#include "server/net/address.h"

#include <gmock/gmock.h>
#include <netinet/in.h>

namespace mailkeep::server::net {

namespace {

using testing::HasSubstr;

SocketAddress address_of(const std::string& text) {
  return resolve(parse_endpoint(text).value()).front();
}

TEST(Endpoint, ReadsAllItsForms) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:143"), (Endpoint{"127.0.0.1", 143, ""}));
  EXPECT_EQ(parse_endpoint("[::1]:143"), (Endpoint{"::1", 143, ""}));
  EXPECT_EQ(parse_endpoint("*:0"), (Endpoint{"", 0, ""}));
  EXPECT_EQ(parse_endpoint("mail.example.org:65535"), (Endpoint{"mail.example.org", 65535, ""}));
  EXPECT_EQ(parse_endpoint("unix:/run/imap"), (Endpoint{"", 0, "/run/imap"}));
}

TEST(Endpoint, IsWrittenAsItIsRead) {
  for (const char* text : {"127.0.0.1:143", "[::1]:143", "*:0", "unix:/run/imap"}) {
    EXPECT_EQ(parse_endpoint(text).value().text(), text);
  }
}

TEST(Endpoint, SaysWhatIsWrong) {
  for (const char* text : {"", ":143", "143", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "127.0.0.1:-1", "127.0.0.1:143x"}) {
    EXPECT_THAT(parse_endpoint(text).error(), HasSubstr("is not ADDRESS:PORT")) << text;
  }
  EXPECT_THAT(parse_endpoint("::1:143").error(), HasSubstr("needs brackets"));
  EXPECT_THAT(parse_endpoint("[mail]:143").error(), HasSubstr("no IPv6 address"));
  EXPECT_THAT(parse_endpoint("unix:run/imap").error(), HasSubstr("absolute path"));
  EXPECT_THAT(parse_endpoint("unix:/" + std::string(200, 'x')).error(), HasSubstr("too long"));
}

TEST(SocketAddress, IsWrittenForPeople) {
  EXPECT_EQ(address_of("192.0.2.1:40000").text(), "192.0.2.1:40000");
  EXPECT_EQ(address_of("[2001:db8::1]:40000").text(), "[2001:db8::1]:40000");
  EXPECT_EQ(address_of("[::ffff:192.0.2.1]:40000").text(), "192.0.2.1:40000");
  EXPECT_EQ(address_of("unix:/run/imap").text(), "unix");
}

TEST(SocketAddress, KnowsWhetherThePeerIsThisMachine) {
  for (const char* text :
       {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1", "unix:/run/imap"}) {
    EXPECT_TRUE(address_of(text).is_loopback()) << text;
  }
  for (const char* text : {"192.0.2.1:1", "[2001:db8::1]:1", "[::ffff:192.0.2.1]:1"}) {
    EXPECT_FALSE(address_of(text).is_loopback()) << text;
  }
}

TEST(SocketAddress, CountsANetworkOfIPv6AsOneClient) {
  EXPECT_EQ(address_of("[2001:db8::1]:1").network(), address_of("[2001:db8::2:3]:9").network());
  EXPECT_NE(address_of("[2001:db8::1]:1").network(), address_of("[2001:db8:0:1::1]:1").network());
  EXPECT_EQ(address_of("192.0.2.1:1").network(), address_of("[::ffff:192.0.2.1]:2").network());
  EXPECT_NE(address_of("192.0.2.1:1").network(), address_of("192.0.2.2:1").network());
}

TEST(Resolve, SaysThatANameIsUnknown) {
  EXPECT_THROW(resolve(Endpoint{"no.such.host.invalid", 143, ""}), std::runtime_error);
}

}  // namespace

}  // namespace mailkeep::server::net
