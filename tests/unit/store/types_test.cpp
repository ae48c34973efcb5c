#include "store/types.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

namespace mailkeep::store {
namespace {

using Range = UidSet::Range;

TEST(UidSet, JoinsNeighboursAndOverlaps) {
  UidSet set;
  set.add(Range{10, 12});
  set.add(Range{1, 3});
  set.add(Uid{4});
  set.add(Range{20, 30});
  set.add(Range{12, 21});
  EXPECT_EQ(set.ranges(), (std::vector<Range>{{1, 4}, {10, 30}}));
  EXPECT_EQ(set.size(), 25U);
}

TEST(UidSet, TakesRangesWrittenBackwards) {
  UidSet set;
  set.add(Range{9, 7});
  EXPECT_EQ(set.ranges(), (std::vector<Range>{{7, 9}}));
}

TEST(UidSet, KnowsTheHighestNumber) {
  UidSet set(Range{5, 0xffffffffU});
  set.add(Uid{0xffffffffU});
  set.add(Range{3, 4});
  EXPECT_EQ(set.ranges(), (std::vector<Range>{{3, 0xffffffffU}}));
  EXPECT_TRUE(set.contains(Uid{0xffffffffU}));
  EXPECT_FALSE(set.contains(Uid{2}));
  EXPECT_EQ(set.size(), 0xffffffffULL - 2);
}

TEST(UidSet, BehavesLikeASetOfNumbers) {
  std::mt19937 random(7);
  auto pick = [&](std::size_t below) { return static_cast<std::uint32_t>(random() % below); };
  for (int round = 0; round < 300; ++round) {
    UidSet left;
    UidSet right;
    std::set<std::uint32_t> left_model;
    std::set<std::uint32_t> right_model;
    auto grow = [&](UidSet& set, std::set<std::uint32_t>& model) {
      for (int i = 0; i < 12; ++i) {
        std::uint32_t first = 1 + pick(60);
        std::uint32_t last = first + pick(6);
        set.add(Range{first, last});
        for (std::uint32_t uid = first; uid <= last; ++uid) model.insert(uid);
      }
    };
    grow(left, left_model);
    grow(right, right_model);
    UidSet both = left.intersection(right);
    ASSERT_EQ(left.size(), left_model.size());
    for (std::uint32_t uid = 0; uid < 70; ++uid) {
      ASSERT_EQ(left.contains(Uid{uid}), left_model.contains(uid));
      ASSERT_EQ(both.contains(Uid{uid}), left_model.contains(uid) && right_model.contains(uid));
    }
    for (std::size_t i = 1; i < left.ranges().size(); ++i) {
      ASSERT_GT(left.ranges()[i].first, left.ranges()[i - 1].last + 1);
    }
  }
}

TEST(StoreError, HasOneSentenceEach) {
  for (int i = 0; i <= static_cast<int>(StoreError::same_mailbox); ++i) {
    std::string_view text = describe(static_cast<StoreError>(i));
    ASSERT_FALSE(text.empty());
    EXPECT_EQ(text.back(), '.');
    EXPECT_NE(text, "The store refused it.");
  }
}

}  // namespace
}  // namespace mailkeep::store
