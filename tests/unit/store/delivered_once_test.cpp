#include "store/delivered_once.h"

#include "store/schema/schema.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class DeliveredOnceTest : public StoreTest {
 protected:
  DeliveredOnceTest() : database_(account_file(), sqlite::Open::existing) {}
  std::int64_t rows() { return database_.integer("SELECT count(*) FROM delivered"); }

  sqlite::Database database_;
  const DeliveredOnce once_{.envelope = 7, .memory = std::chrono::seconds(100)};
};

TEST_F(DeliveredOnceTest, IsForgottenAfterItsTime) {
  note_delivered(database_, 1, once_, 1000);
  EXPECT_TRUE(was_delivered(database_, 1, once_, 1100));
  EXPECT_FALSE(was_delivered(database_, 1, once_, 1101));
  EXPECT_FALSE(was_delivered(database_, 2, once_, 1000));
  EXPECT_FALSE(was_delivered(database_, 1, {.envelope = 8, .memory = once_.memory}, 1000));
  note_delivered(database_, 2, once_, 1200);
  EXPECT_EQ(rows(), 1);
}

TEST_F(DeliveredOnceTest, NothingIsNotedOfMessagesWithoutId) {
  note_delivered(database_, 0, once_, 1000);
  EXPECT_FALSE(was_delivered(database_, 0, once_, 1000));
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace mailkeep::store
