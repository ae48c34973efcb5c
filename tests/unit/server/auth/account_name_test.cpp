#include "server/auth/account_name.h"

#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

TEST(AccountName, IsLowerCase) {
  EXPECT_EQ(account_name("Demo"), "demo");
  EXPECT_EQ(account_name("Ann@Example.ORG"), "ann@example.org");
}

TEST(AccountName, IsTheSameHoweverItWasTyped) {
  EXPECT_EQ(account_name("J\xc3\xb6rg"), account_name("Jo\xcc\x88rg"));
}

TEST(AccountName, RefusesWhatIsNoName) {
  EXPECT_EQ(account_name(""), std::nullopt);
  EXPECT_EQ(account_name("a\nb"), std::nullopt);
  EXPECT_EQ(account_name("a\xff"), std::nullopt);
  EXPECT_EQ(account_name("\xc2\xad"), std::nullopt);  // nothing is left of a soft hyphen
}

TEST(AccountName, HasAtMost255Octets) {
  EXPECT_TRUE(account_name(std::string(255, 'a')));
  EXPECT_FALSE(account_name(std::string(256, 'a')));
  EXPECT_FALSE(account_name(std::string(253, 'a') + "\xc2\xbd"));  // grows when prepared
}

TEST(FillInName, PutsTheNameIntoAPattern) {
  EXPECT_EQ(fill_in_name("%u", "ann@example.org"), "ann@example.org");
  EXPECT_EQ(fill_in_name("%n", "ann@example.org"), "ann");
  EXPECT_EQ(fill_in_name("%n+%d%%%x%", "ann@example.org"), "ann+example.org%%x%");
  EXPECT_EQ(fill_in_name("%n@%d", "ann"), "ann@");
}

}  // namespace
}  // namespace mailkeep::server
