#include "server/auth/failure_delay.h"

#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using Clock = FailureDelay::Clock;

const Clock::time_point kStart{minutes(1000)};

TEST(FailureDelay, GrowsToItsLimit) {
  FailureDelay delay(milliseconds(500));
  EXPECT_EQ(delay.failed("192.0.2.1:1", kStart), milliseconds(500));
  EXPECT_EQ(delay.failed("192.0.2.1:2", kStart), milliseconds(1000));
  EXPECT_EQ(delay.failed("192.0.2.1:3", kStart), milliseconds(1500));
  EXPECT_EQ(delay.failed("192.0.2.1:4", kStart), milliseconds(2000));
  EXPECT_EQ(delay.failed("192.0.2.1:5", kStart), milliseconds(2000));
}

TEST(FailureDelay, CountsEachAddressForItself) {
  FailureDelay delay(milliseconds(500));
  delay.failed("192.0.2.1:1", kStart);
  EXPECT_EQ(delay.failed("192.0.2.2:1", kStart), milliseconds(500));
  EXPECT_EQ(delay.failed("unix", kStart), milliseconds(500));
}

TEST(FailureDelay, ForgetsAfterSuccessAndAfterAWhile) {
  FailureDelay delay(milliseconds(500));
  delay.failed("192.0.2.1:1", kStart);
  delay.succeeded("192.0.2.1:2");
  EXPECT_EQ(delay.failed("192.0.2.1:3", kStart), milliseconds(500));
  EXPECT_EQ(delay.failed("192.0.2.1:3", kStart + minutes(6)), milliseconds(500));
}

TEST(FailureDelay, CanBeOff) {
  FailureDelay delay(milliseconds(0));
  EXPECT_EQ(delay.failed("192.0.2.1:1", kStart), milliseconds(0));
  EXPECT_EQ(delay.sources(), 0U);
}

TEST(FailureDelay, RemembersABoundedNumberOfAddresses) {
  FailureDelay delay(milliseconds(500));
  for (std::size_t i = 0; i < FailureDelay::kMaxSources + 100; ++i) {
    const std::string address = "10.0." + std::to_string(i / 256) + '.' + std::to_string(i % 256);
    EXPECT_EQ(delay.failed(address + ":1", kStart), milliseconds(500));
  }
  EXPECT_EQ(delay.sources(), FailureDelay::kMaxSources);
  delay.failed("192.0.2.1:1", kStart + minutes(6));
  EXPECT_EQ(delay.sources(), 1U);
}

TEST(FailureDelay, SourceIsAnAddressOrANetwork) {
  EXPECT_EQ(source_of("192.0.2.1:4000"), "192.0.2.1");
  EXPECT_EQ(source_of("[2001:db8::1]:4000"), source_of("[2001:db8::ffff]:1"));
  EXPECT_NE(source_of("[2001:db8::1]:4000"), source_of("[2001:db8:0:1::1]:4000"));
  EXPECT_NE(source_of("[::ffff:192.0.2.1]:1"), source_of("[::ffff:192.0.2.2]:1"));
  EXPECT_EQ(source_of("unix"), "unix");
  EXPECT_EQ(source_of(""), "");
}

}  // namespace
}  // namespace mailkeep::server
