#include "protocol/imap/rights.h"

#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

TEST(Rights, have_letters_in_the_order_of_the_rfc) {
  EXPECT_EQ(letters_of(right::all), "lrswipkxteacd");
  EXPECT_EQ(letters_of(right::none), "");
  EXPECT_EQ(letters_of(right::read | right::lookup), "lr");
}

TEST(Rights, obsolete_letters_stand_for_their_members) {
  EXPECT_EQ(rights_of("c"), right::create | right::remove);
  EXPECT_EQ(rights_of("d"), right::mark_deleted | right::expunge);
  EXPECT_EQ(letters_of(right::create), "kc");
  EXPECT_EQ(letters_of(right::expunge), "ed");
  EXPECT_EQ(rights_of("lrswipkxteacd"), right::all);
}

TEST(Rights, letters_may_repeat_and_unknown_ones_are_refused) {
  EXPECT_EQ(rights_of("llr"), right::lookup | right::read);
  EXPECT_EQ(rights_of(""), right::none);
  EXPECT_EQ(rights_of("lq"), std::nullopt);
  EXPECT_EQ(rights_of("L"), std::nullopt);
  EXPECT_EQ(rights_of("0"), std::nullopt);
}

}  // namespace
}  // namespace mailkeep::imap
