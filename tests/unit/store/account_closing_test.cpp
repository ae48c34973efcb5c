// Accounts that are suspended or removed while somebody uses them.
#include "store/credentials.h"
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class ClosingTest : public StoreTest {
 protected:
  // As another process does it.
  void suspend(bool suspended) {
    must(Credentials(directory_.path()).set_suspended("anna", suspended));
  }
};

TEST_F(ClosingTest, ASuspendedAccountIsClosedAndOpenAgainWhenItIsResumed) {
  int calls = 0;
  Watch watch = account_->watch_closing([&] { ++calls; });
  store_->maintain();
  EXPECT_EQ(account_->closed(), std::nullopt);
  suspend(true);
  EXPECT_EQ(account_->closed(), std::nullopt);  // nobody looked
  store_->maintain();
  EXPECT_EQ(account_->closed(), StoreError::account_suspended);
  EXPECT_EQ(account_->for_reader("bert")->closed(), StoreError::account_suspended);
  EXPECT_EQ(calls, 1);
  store_->maintain();
  EXPECT_EQ(calls, 1);
  suspend(false);
  store_->maintain();
  EXPECT_EQ(account_->closed(), std::nullopt);
  watch.stop();
  suspend(true);
  store_->maintain();
  EXPECT_EQ(account_->closed(), StoreError::account_suspended);
  EXPECT_EQ(calls, 2);
}

TEST_F(ClosingTest, WhoeverOpensAResumedAccountGetsItOpen) {
  suspend(true);
  store_->maintain();
  ASSERT_EQ(account_->closed(), StoreError::account_suspended);
  EXPECT_EQ(store_->open_account("anna").error(), StoreError::account_suspended);
  suspend(false);
  EXPECT_EQ(must(store_->open_account("anna"))->closed(), std::nullopt);
}

TEST_F(ClosingTest, ARemovedAccountIsClosed) {
  bool called = false;
  const Watch watch = account_->for_reader("bert")->watch_closing([&] { called = true; });
  must(store_->remove_account("anna"));
  EXPECT_EQ(account_->closed(), StoreError::no_such_account);
  EXPECT_TRUE(called);
}

TEST_F(ClosingTest, AnAccountThatAnotherProcessRemovesIsClosedThoughItsFileIsNot) {
  store_->maintain();
  must(Store::open(directory_.path())->remove_account("anna"));
  store_->maintain();
  EXPECT_EQ(account_->closed(), StoreError::no_such_account);
  EXPECT_EQ(store_->open_account("anna").error(), StoreError::no_such_account);
}

TEST_F(ClosingTest, ALogInIsNoReasonToLookAtAllAccounts) {
  sqlite::Database database(directory_.path() / "mailkeep.db", sqlite::Open::existing);
  const auto closings = [&] {
    sqlite::Query query = database.query("SELECT changes FROM closing");
    query.step();
    return query.integer(0);
  };
  const auto before = closings();
  must(store_->set_setting("anna", "some", "thing"));
  must(store_->set_password("anna", test_password()));
  EXPECT_EQ(closings(), before);
  suspend(true);
  EXPECT_EQ(closings(), before + 1);
  must(store_->remove_account("anna"));
  EXPECT_EQ(closings(), before + 2);
}

TEST_F(ClosingTest, OtherChangesOfTheDirectoryCloseNobody) {
  must(store_->set_setting("anna", "some", "thing"));
  must(Store::open(directory_.path())->create_account("carl", test_password()));
  store_->maintain();
  EXPECT_EQ(account_->closed(), std::nullopt);
  EXPECT_EQ(must(store_->open_account("carl"))->closed(), std::nullopt);
}

}  // namespace
}  // namespace mailkeep::store
