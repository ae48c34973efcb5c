#include "server/auth/networks.h"

#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

TEST(Networks, TellClientsAndTheirNeighbours) {
  EXPECT_EQ(client_text("192.0.2.1:4000"), "192.0.2.1");
  EXPECT_EQ(client_text("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_text("[2001:db8::1]:4000"), "2001:db8::/64");
  EXPECT_EQ(client_text("2001:db8:0:1::7"), "2001:db8:0:1::/64");
  EXPECT_EQ(client_text("[::ffff:192.0.2.1]:1"), "192.0.2.1");
  EXPECT_EQ(client_text("unix"), "unix");
  EXPECT_EQ(network_text("192.0.2.1:4000"), "192.0.2.0/24");
  EXPECT_EQ(network_text("[2001:db8::1]:4000"), "2001:db8::/64");
  EXPECT_EQ(network_text("unix"), "");
}

TEST(Networks, ContainAddresses) {
  Networks networks;
  EXPECT_TRUE(networks.add("192.0.2.128/25"));
  EXPECT_TRUE(networks.add("2001:db8::/33"));
  EXPECT_TRUE(networks.add("198.51.100.7"));
  EXPECT_TRUE(networks.contains("192.0.2.200:1"));
  EXPECT_FALSE(networks.contains("192.0.2.1:1"));
  EXPECT_TRUE(networks.contains("[2001:db8:7fff::1]:1"));
  EXPECT_FALSE(networks.contains("[2001:db8:8000::1]:1"));
  EXPECT_TRUE(networks.contains("[::ffff:198.51.100.7]:1"));
  EXPECT_FALSE(networks.contains("198.51.100.8:1"));
  EXPECT_FALSE(networks.contains("unix"));
}

TEST(Networks, RefuseWhatIsNone) {
  Networks networks;
  for (const char* text : {"", "x", "192.0.2.1/33", "192.0.2.1/", "192.0.2.1/x", "2001:db8::/129",
                           "192.0.2/24", "192.0.2.0/24/1"}) {
    EXPECT_FALSE(networks.add(text)) << text;
  }
}

}  // namespace
}  // namespace mailkeep::server
