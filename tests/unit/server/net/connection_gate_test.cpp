#include "server/net/connection_gate.h"

#include <gtest/gtest.h>

namespace mailkeep::server::net {

namespace {

using Verdict = ConnectionGate::Verdict;

SocketAddress peer_at(const std::string& text) {
  return resolve(parse_endpoint(text).value()).front();
}

TEST(ConnectionGate, AdmitsUpToItsTotal) {
  ConnectionGate gate({2, 10});
  const SocketAddress peer = peer_at("127.0.0.1:1");
  EXPECT_EQ(gate.admit(peer), Verdict::admitted);
  EXPECT_EQ(gate.admit(peer), Verdict::admitted);
  EXPECT_EQ(gate.admit(peer), Verdict::too_many);
  EXPECT_EQ(gate.count(), 2U);
  gate.leave(peer);
  EXPECT_EQ(gate.admit(peer), Verdict::admitted);
}

TEST(ConnectionGate, AdmitsSoManyFromOneAddress) {
  ConnectionGate gate({100, 2});
  const SocketAddress peer = peer_at("192.0.2.1:1");
  EXPECT_EQ(gate.admit(peer), Verdict::admitted);
  EXPECT_EQ(gate.admit(peer_at("192.0.2.1:2")), Verdict::admitted);
  EXPECT_EQ(gate.admit(peer), Verdict::too_many_from_address);
  EXPECT_EQ(gate.admit(peer_at("192.0.2.2:1")), Verdict::admitted);
  EXPECT_EQ(gate.count(), 3U);
  gate.leave(peer);
  EXPECT_EQ(gate.admit(peer), Verdict::admitted);
}

TEST(ConnectionGate, DoesNotCountThisMachineAsAnAddress) {
  ConnectionGate gate({100, 1});
  for (const char* text : {"127.0.0.1:1", "127.0.0.1:2", "[::1]:1", "unix:/a", "unix:/a"}) {
    EXPECT_EQ(gate.admit(peer_at(text)), Verdict::admitted) << text;
  }
}

TEST(ConnectionGate, KnowsWhenNobodyIsLeft) {
  ConnectionGate gate({100, 100});
  const SocketAddress peer = peer_at("192.0.2.1:1");
  EXPECT_TRUE(gate.wait_until_empty(std::chrono::milliseconds(0)));
  gate.admit(peer);
  EXPECT_FALSE(gate.wait_until_empty(std::chrono::milliseconds(0)));
  gate.leave(peer);
  EXPECT_TRUE(gate.wait_until_empty(std::chrono::milliseconds(0)));
}

}  // namespace

}  // namespace mailkeep::server::net
