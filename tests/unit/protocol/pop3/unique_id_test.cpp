#include "protocol/pop3/unique_id.h"

#include <gtest/gtest.h>

namespace mailkeep::pop3 {
namespace {

TEST(UniqueId, LooksAsOtherServersHaveIt) {
  EXPECT_EQ(unique_id(*unique_id_format("dovecot"), 26, 1'700'000'000), "0000001a6553f100");
  EXPECT_EQ(unique_id(*unique_id_format("courier"), 26, 1'700'000'000), "UID26-1700000000");
  EXPECT_EQ(unique_id(*unique_id_format("cyrus"), 26, 1'700'000'000), "1700000000.26");
  EXPECT_EQ(unique_id(*unique_id_format("mailkeep"), 26, 1'700'000'000), "1700000000.26");
}

TEST(UniqueId, TakesOtherFormats) {
  EXPECT_EQ(unique_id(*unique_id_format("%u"), 7, 1), "7");
  EXPECT_EQ(unique_id(*unique_id_format("a%%%04u%Xv"), 7, 255), "a%0007ff");
}

TEST(UniqueId, RefusesWhatIsNoFormat) {
  for (const char* text :
       {"", "outlook", "%v", "%", "%u%", "%x", "%8u", "%99u", "% u", "%u\t", "%u\xc3\xa4",
        "%u-01234567890123456789012345678901234567890123456789012345678901"}) {
    EXPECT_FALSE(unique_id_format(text)) << text;
  }
}

}  // namespace
}  // namespace mailkeep::pop3
