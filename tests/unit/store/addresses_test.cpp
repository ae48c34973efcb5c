#include "store/addresses.h"

#include "store/store.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class AddressesTest : public testing::Test {
 protected:
  AddressesTest() : store_(Store::open(directory_.path())), addresses_(directory_.path()) {}
  TemporaryDirectory directory_;
  std::shared_ptr<Store> store_;
  Addresses addresses_;
};

TEST_F(AddressesTest, EveryDomainIsLocalUntilThereIsOne) {
  Addresses& addresses = addresses_;
  EXPECT_TRUE(addresses.is_local("a.example"));
  EXPECT_TRUE(addresses.add_domain("b.example"));
  EXPECT_FALSE(addresses.add_domain("b.example"));
  EXPECT_FALSE(addresses.is_local("a.example"));
  EXPECT_TRUE(addresses.is_local("b.example"));
  EXPECT_EQ(addresses.domains(), std::vector<std::string>{"b.example"});
  EXPECT_TRUE(addresses.remove_domain("b.example"));
  EXPECT_FALSE(addresses.remove_domain("b.example"));
}

TEST_F(AddressesTest, AliasesLeadToOneOrMany) {
  Addresses& addresses = addresses_;
  EXPECT_TRUE(addresses.add_alias({"info", "bob"}));
  EXPECT_TRUE(addresses.add_alias({"info", "ann"}));
  EXPECT_FALSE(addresses.add_alias({"info", "ann"}));
  EXPECT_EQ(addresses.targets("info"), (std::vector<std::string>{"ann", "bob"}));
  EXPECT_EQ(addresses.aliases().size(), 2U);
  EXPECT_EQ(addresses.remove_alias("info", "bob"), 1U);
  EXPECT_EQ(addresses.remove_alias("info", std::nullopt), 1U);
  EXPECT_EQ(addresses.remove_alias("info", std::nullopt), 0U);
}

TEST_F(AddressesTest, AnotherProcessSeesThemAtOnce) {
  Addresses other(directory_.path());
  other.add_alias({"info", "ann"});
  EXPECT_EQ(addresses_.targets("info").size(), 1U);
}

}  // namespace
}  // namespace mailkeep::store
