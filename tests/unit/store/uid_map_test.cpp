#include "store/uid_map.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace mailkeep::store {
namespace {

using Range = UidSet::Range;

UidSet set_of(const std::vector<std::uint32_t>& uids) {
  UidSet set;
  for (std::uint32_t uid : uids) set.add(Uid{uid});
  return set;
}

void expect_same(const UidMap& map, const std::vector<std::uint32_t>& model) {
  ASSERT_EQ(map.size(), model.size());
  ASSERT_EQ(map.empty(), model.empty());
  ASSERT_EQ(map.last().value, model.empty() ? 0 : model.back());
  for (std::uint32_t i = 0; i < model.size(); ++i) {
    ASSERT_EQ(map.uid_of(i + 1).value, model[i]);
    ASSERT_EQ(map.sequence_of(Uid{model[i]}), i + 1);
  }
  for (std::uint32_t uid = 0; uid <= map.last().value + 3; ++uid) {
    auto place = std::lower_bound(model.begin(), model.end(), uid);
    ASSERT_EQ(map.count_below(Uid{uid}), place - model.begin());
    if (place == model.end() || *place != uid) {
      ASSERT_EQ(map.sequence_of(Uid{uid}), 0U);
    }
  }
  ASSERT_EQ(map.all(), set_of(model));
}

TEST(UidMap, EmptyHasNothing) {
  expect_same(UidMap{}, {});
}

TEST(UidMap, BehavesLikeAListOfUids) {
  std::mt19937 random(11);
  auto pick = [&](std::size_t below) { return static_cast<std::uint32_t>(random() % below); };
  for (int round = 0; round < 60; ++round) {
    UidMap map;
    std::vector<std::uint32_t> model;
    std::uint32_t next = 1;
    for (int step = 0; step < 30; ++step) {
      next += pick(3);
      std::uint32_t count = 1 + pick(5);
      map.append(Range{next, next + count - 1});
      for (std::uint32_t i = 0; i < count; ++i) model.push_back(next++);
      UidSet gone;
      for (std::uint32_t i = pick(3); i > 0; --i) {
        std::uint32_t first = 1 + pick(next);
        gone.add(Range{first, first + pick(4)});
      }
      map.remove(gone);
      std::erase_if(model, [&](std::uint32_t uid) { return gone.contains(Uid{uid}); });
      expect_same(map, model);

      UidSet asked;
      for (int i = 0; i < 3; ++i) {
        std::uint32_t first = 1 + pick((next + 5));
        asked.add(Range{first, first + pick(10)});
      }
      ASSERT_EQ(map.intersection(asked), asked.intersection(set_of(model)));
      if (!model.empty()) {
        std::uint32_t first = pick(static_cast<std::uint32_t>(model.size()));
        std::uint32_t last = first + pick(static_cast<std::uint32_t>(model.size() - first));
        ASSERT_EQ(map.uids_of(first + 1, last + 1),
                  set_of({model.begin() + first, model.begin() + last + 1}));
      }
    }
  }
}

TEST(UidMap, OneRunHoldsAllNumbersThereAre) {
  UidMap map;
  map.append(Range{1, 0xffffffffU});
  EXPECT_EQ(map.size(), 0xffffffffU);
  EXPECT_EQ(map.sequence_of(Uid{0xffffffffU}), 0xffffffffU);
  EXPECT_EQ(map.last(), Uid{0xffffffffU});
  map.remove(UidSet(Range{2, 0xfffffffeU}));
  expect_same(UidMap{}, {});
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(map.uid_of(2), Uid{0xffffffffU});
}

}  // namespace
}  // namespace mailkeep::store
