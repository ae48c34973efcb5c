#include "store/credentials.h"

#include "store/logins.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class CredentialsTest : public StoreTest {
 protected:
  static AppPassword password(const std::string& name) {
    AppPassword result;
    result.name = name;
    result.keys = {{ScramHash::sha1, 1, "a", "b", "c"}, {ScramHash::sha256, 2, "d", "e", "f"}};
    return result;
  }
};

TEST_F(CredentialsTest, RecordsKeepTheKeysOfAllHashes) {
  PasswordRecord record{10, "salt", "stored", "server"};
  record.others = {{ScramHash::sha1, 1, "a", "b", "c"}, {ScramHash::sha512, 2, "d", "e", "f"}};
  must(store_->create_account("ann", record));
  EXPECT_EQ(must(store_->password_of("ann")).others, record.others);
  record.others.pop_back();
  ASSERT_TRUE(store_->set_password("ann", record));
  EXPECT_EQ(must(store_->password_of("ann")).others, record.others);
}

TEST_F(CredentialsTest, AppPasswordsComeAndGo) {
  must(store_->create_account("ann", {}));
  Credentials credentials(directory_.path());
  EXPECT_TRUE(must(credentials.add_app_password("ann", password("phone"))));
  EXPECT_TRUE(must(credentials.add_app_password("ann", password("tablet"))));
  EXPECT_FALSE(must(credentials.add_app_password("ann", password("phone"))));
  EXPECT_FALSE(credentials.add_app_password("nobody", password("phone")));
  const auto list = credentials.app_passwords("ann");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].name, "phone");
  EXPECT_EQ(list[0].keys, password("phone").keys);
  EXPECT_TRUE(must(credentials.remove_app_password("ann", "phone")));
  EXPECT_FALSE(must(credentials.remove_app_password("ann", "phone")));
  EXPECT_EQ(credentials.app_passwords("ann").size(), 1U);
}

TEST_F(CredentialsTest, AnAccountHasABoundedNumberOfThem) {
  must(store_->create_account("ann", {}));
  Credentials credentials(directory_.path());
  for (std::size_t i = 0; i < Credentials::kMaxAppPasswords; ++i) {
    EXPECT_TRUE(must(credentials.add_app_password("ann", password(std::to_string(i)))));
  }
  EXPECT_FALSE(must(credentials.add_app_password("ann", password("more"))));
}

TEST_F(CredentialsTest, TheyGoWithTheirAccount) {
  must(store_->create_account("ann", {}));
  Credentials credentials(directory_.path());
  must(credentials.add_app_password("ann", password("phone")));
  ASSERT_TRUE(store_->remove_account("ann"));
  must(store_->create_account("ann", {}));
  EXPECT_TRUE(credentials.app_passwords("ann").empty());
}

TEST_F(CredentialsTest, SecretsStayTheSame) {
  Credentials credentials(directory_.path());
  const std::string secret = credentials.secret("one");
  EXPECT_EQ(secret.size(), 32U);
  EXPECT_EQ(Credentials(directory_.path()).secret("one"), secret);
  EXPECT_NE(credentials.secret("two"), secret);
}

TEST_F(CredentialsTest, KnowsWhetherAnAccountLacksKeys) {
  Credentials credentials(directory_.path());
  PasswordRecord record{10, "salt", "stored", "server"};
  ASSERT_TRUE(store_->set_password("anna", record));
  EXPECT_TRUE(credentials.any_without(ScramHash::sha512));
  EXPECT_FALSE(credentials.any_without(ScramHash::sha256));
  record.others = {{ScramHash::sha512, 2, "d", "e", "f"}};
  ASSERT_TRUE(store_->set_password("anna", record));
  EXPECT_FALSE(credentials.any_without(ScramHash::sha512));
  must(store_->create_account("without password", {}));
  EXPECT_FALSE(credentials.any_without(ScramHash::sha512));
}

TEST_F(CredentialsTest, ABoundedNumberOfLogInsIsKept) {
  must(store_->create_account("ann", {}));
  must(store_->create_account("bob", {}));
  Logins logins(directory_.path());
  std::vector<LoginRow> rows;
  for (std::int64_t i = 0; i < Logins::kRowsOfAccount + 50; ++i) {
    rows.push_back({"ann", i, "imap", "PLAIN", "192.0.2.1:1", "ok"});
  }
  rows.push_back({"bob", 7, "imap", "PLAIN", "192.0.2.1:1", "ok"});
  rows.push_back({"nobody", 7, "imap", "PLAIN", "192.0.2.1:1", "refused"});
  logins.add(rows);
  const auto kept = logins.of("ann");
  ASSERT_EQ(kept.size(), static_cast<std::size_t>(Logins::kRowsOfAccount));
  EXPECT_EQ(kept.front().time, Logins::kRowsOfAccount + 49);
  EXPECT_EQ(logins.of("bob").size(), 1U);
}

TEST_F(CredentialsTest, FailuresAreCountedWithinTheirTime) {
  must(store_->create_account("ann", {}));
  Logins logins(directory_.path());
  EXPECT_EQ(logins.count_failure("192.0.2.1", "ann", 1000, 100), 1);
  EXPECT_EQ(logins.count_failure("192.0.2.1", "ann", 1001, 101), 2);
  EXPECT_EQ(logins.count_failure("192.0.2.1", "bob", 1001, 101), 1);
  EXPECT_EQ(logins.count_failure("192.0.2.1", "ann", 5000, 4100), 1);
  EXPECT_EQ(logins.blocked_until("192.0.2.1", "ann"), 0);
  logins.block("192.0.2.1", "ann", 6000);
  EXPECT_EQ(logins.blocked_until("192.0.2.1", "ann"), 6000);
  ASSERT_EQ(logins.blocked(5999).size(), 1U);
  EXPECT_EQ(logins.blocked(5999).front().account, "ann");
  EXPECT_TRUE(logins.blocked(6000).empty());
  logins.clean(5500, 5500);
  EXPECT_EQ(logins.blocked(5999).size(), 1U);  // still blocked
  logins.clean(6500, 6500);
  EXPECT_FALSE(logins.knows("192.0.2.1", "ann"));
  EXPECT_EQ(logins.unblock("192.0.2.1"), 0);
}

}  // namespace
}  // namespace mailkeep::store
