#include "server/delivery/address_book.h"

#include <gtest/gtest.h>

#include "server/delivery/address_maps.h"
#include "tests/unit/server/net/test_client.h"

namespace mailkeep::server {
namespace {

class AddressBookTest : public testing::Test {
 protected:
  AddressBookTest()
      : store_(store::Store::open(directory_.path() / "data")),
        addresses_(directory_.path() / "data") {
    for (const char* name : {"ann", "bob@example.org", "c+d"}) {
      EXPECT_TRUE(store_->create_account(name, {}));
    }
    EXPECT_TRUE(store_->open_account("ann").value()->create_mailbox("Lists"));
  }

  // "account mailbox", or the error's number.
  std::string find(std::string_view text, const std::string& delimiter = "+") {
    AccountAddressBook book(store_, addresses_, delimiter);
    const auto address = lmtp::parse_mailbox(text);
    if (!address) return "no address";
    const auto found = book.find(*address);
    if (!found) return "error " + std::to_string(static_cast<int>(found.error()));
    std::string all;
    for (const lmtp::Destination& destination : *found) {
      if (!all.empty()) all += ", ";
      all += destination.account->name() + ' ' + destination.mailbox;
    }
    return all;
  }
  void alias(const std::string& address, const std::string& target) {
    addresses_.add_alias({address, target});
  }
  std::optional<std::string> look_up(std::string_view map, std::string_view key) {
    AccountAddressBook book(store_, addresses_, "+");
    return AddressMaps(store_, addresses_, book, false).look_up(map, key);
  }

  net::TemporaryDirectory directory_;
  std::shared_ptr<store::Store> store_;
  store::Addresses addresses_;
};

TEST_F(AddressBookTest, FindsWholeAddressesThenLocalParts) {
  EXPECT_EQ(find("bob@example.org"), "bob@example.org INBOX");
  EXPECT_EQ(find("BOB@Example.ORG"), "bob@example.org INBOX");
  EXPECT_EQ(find("ann@example.org"), "ann INBOX");
  EXPECT_EQ(find("ann"), "ann INBOX");
  EXPECT_EQ(find("bob@example.com"), "error 0");
  EXPECT_EQ(find("nobody"), "error 0");
}

TEST_F(AddressBookTest, DetailsNameMailboxes) {
  EXPECT_EQ(find("ann+Lists@example.org"), "ann Lists");
  EXPECT_EQ(find("ann+lists"), "ann Lists");
  EXPECT_EQ(find("ann+Trash"), "ann Trash");
  EXPECT_EQ(find("ann+unheard-of"), "ann INBOX");
  EXPECT_EQ(find("ann+"), "ann INBOX");
  EXPECT_EQ(find("ann+../x"), "ann INBOX");
  EXPECT_EQ(find("bob+x@example.org"), "bob@example.org INBOX");
  EXPECT_EQ(find("c+d"), "c+d INBOX");
  EXPECT_EQ(find("+lists"), "error 0");
}

TEST_F(AddressBookTest, DelimitersAreASetting) {
  EXPECT_EQ(find("ann--lists", "--"), "ann Lists");
  EXPECT_EQ(find("ann+lists", "--"), "error 0");
  EXPECT_EQ(find("ann+lists", ""), "error 0");
}

TEST_F(AddressBookTest, AliasesLeadToAccountsAndOtherAliases) {
  alias("info@example.org", "ann");
  alias("team", "info@example.org");
  alias("team", "bob@example.org");
  EXPECT_EQ(find("Info@Example.org"), "ann INBOX");
  EXPECT_EQ(find("info+lists@example.org"), "ann Lists");
  EXPECT_EQ(find("team@example.com"), "bob@example.org INBOX, ann INBOX");
  alias("lists@example.org", "ann+lists");
  EXPECT_EQ(find("lists@example.org"), "ann Lists");
}

TEST_F(AddressBookTest, AnAliasMayLeadToItsOwnAccount) {
  alias("ann", "ann");
  alias("ann", "bob@example.org");
  EXPECT_EQ(find("ann@example.org"), "ann INBOX, bob@example.org INBOX");
}

TEST_F(AddressBookTest, AliasesInCirclesAndToNobodyAreBroken) {
  alias("a", "b");
  alias("b", "a");
  EXPECT_EQ(find("a"), "error 4");
  alias("gone", "nobody");
  EXPECT_EQ(find("gone"), "error 4");
  for (int i = 0; i < 12; ++i) alias("deep" + std::to_string(i), "deep" + std::to_string(i + 1));
  alias("deep12", "ann");
  EXPECT_EQ(find("deep0"), "error 4");
  EXPECT_EQ(find("deep5"), "ann INBOX");
}

TEST_F(AddressBookTest, AnAliasOfADomainTakesWhatIsNobodys) {
  alias("@example.org", "ann");
  EXPECT_EQ(find("whoever@example.org"), "ann INBOX");
  EXPECT_EQ(find("bob+x@example.org"), "bob@example.org INBOX");
  EXPECT_EQ(find("whoever@example.com"), "error 0");
}

TEST_F(AddressBookTest, OtherDomainsAreRefused) {
  addresses_.add_domain("example.org");
  EXPECT_EQ(find("ann@Example.ORG"), "ann INBOX");
  EXPECT_EQ(find("ann"), "ann INBOX");
  EXPECT_EQ(find("ann@example.com"), "error 1");
}

TEST_F(AddressBookTest, MapsAnswerForMailSystems) {
  addresses_.add_domain("example.org");
  alias("info@example.org", "ann");
  alias("info@example.org", "bob@example.org");
  alias("@example.org", "ann");
  EXPECT_EQ(look_up("domains", "Example.org"), "example.org");
  EXPECT_EQ(look_up("domains", "example.com"), std::nullopt);
  EXPECT_EQ(look_up("users", "bob@example.org"), "bob@example.org");
  EXPECT_EQ(look_up("users", "bob@example.com"), std::nullopt);
  EXPECT_EQ(look_up("users", "@example.org"), std::nullopt);
  EXPECT_EQ(look_up("aliases", "info@example.org"), "ann,bob@example.org");
  EXPECT_EQ(look_up("aliases", "bob@example.org"), "bob@example.org");
  EXPECT_EQ(look_up("aliases", "@example.org"), "ann");
  EXPECT_EQ(look_up("aliases", "whoever@example.org"), std::nullopt);
  EXPECT_EQ(look_up("quota", "bob@example.org"), std::nullopt);
  store::QuotaLimits nothing;
  nothing.bytes = 0;
  ASSERT_TRUE(store_->open_account("bob@example.org").value()->set_quota(nothing));
  EXPECT_EQ(look_up("quota", "bob@example.org"), "552 5.2.2 The mailbox is full");
  EXPECT_THROW(look_up("colours", "red"), std::invalid_argument);
}

}  // namespace
}  // namespace mailkeep::server
