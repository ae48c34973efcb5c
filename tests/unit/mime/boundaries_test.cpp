#include "mime/boundaries.h"

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

TEST(OpenBoundaries, MatchTheBeginningOfALine) {
  OpenBoundaries boundaries;
  boundaries.open("b", 0);
  EXPECT_FALSE(boundaries.match("--b").value().closing);
  EXPECT_FALSE(boundaries.match("--b \t").value().closing);
  EXPECT_FALSE(boundaries.match("--bcd").value().closing);
  EXPECT_TRUE(boundaries.match("--b--").value().closing);
  EXPECT_TRUE(boundaries.match("--b-- ").value().closing);
  EXPECT_TRUE(boundaries.match("--b--cd").value().closing);
  EXPECT_FALSE(boundaries.match("--b- -").value().closing);
  EXPECT_FALSE(boundaries.match("--").has_value());
  EXPECT_FALSE(boundaries.match("-- b").has_value());
  EXPECT_FALSE(boundaries.match("--B").has_value());
}

TEST(OpenBoundaries, PreferTheOneThatIsTheWholeLine) {
  OpenBoundaries boundaries;
  boundaries.open("b", 0);
  boundaries.open("bb", 1);
  boundaries.open("b--", 2);
  EXPECT_EQ(boundaries.match("--b").value().level, 0U);
  EXPECT_EQ(boundaries.match("--bb").value().level, 1U);
  EXPECT_EQ(boundaries.match("--b--").value().level, 2U);
  EXPECT_FALSE(boundaries.match("--b--").value().closing);
}

TEST(OpenBoundaries, PreferTheInnermostThatFits) {
  OpenBoundaries boundaries;
  boundaries.open("b--", 0);
  boundaries.open("b", 1);
  boundaries.open("b", 2);
  EXPECT_EQ(boundaries.match("--b").value().level, 2U);
  EXPECT_EQ(boundaries.match("--b--").value().level, 2U);
  EXPECT_TRUE(boundaries.match("--b--").value().closing);
  EXPECT_EQ(boundaries.match("--b----").value().level, 0U);
}

TEST(OpenBoundaries, PreferTheLongestWhereNoneIsTheWholeLine) {
  OpenBoundaries boundaries;
  boundaries.open("bbb", 0);
  boundaries.open("b", 1);
  boundaries.open("bb", 2);
  EXPECT_EQ(boundaries.match("--bbbx").value().level, 0U);
  EXPECT_EQ(boundaries.match("--bbx").value().level, 2U);
}

TEST(OpenBoundaries, ForgetClosedLevels) {
  OpenBoundaries boundaries;
  EXPECT_TRUE(boundaries.empty());
  boundaries.open("a", 0);
  boundaries.open("bbbb", 3);
  const std::size_t both = boundaries.octets_to_match();
  boundaries.close_from(1);
  EXPECT_FALSE(boundaries.match("--bbbb").has_value());
  EXPECT_TRUE(boundaries.match("--a").has_value());
  EXPECT_LT(boundaries.octets_to_match(), both);
  boundaries.close_from(0);
  EXPECT_TRUE(boundaries.empty());
}

}  // namespace
}  // namespace mailkeep::mime
