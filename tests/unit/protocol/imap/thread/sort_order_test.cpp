#include "protocol/imap/thread/sort_order.h"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

TEST(SortCriteria, AreReadInTheirOrder) {
  Decoder decoder("(REVERSE date SUBJECT)");
  const auto criteria = parse_sort_criteria(decoder);
  ASSERT_TRUE(criteria);
  ASSERT_EQ(criteria->size(), 2U);
  EXPECT_EQ((*criteria)[0].key, SortKey::date);
  EXPECT_TRUE((*criteria)[0].reverse);
  EXPECT_EQ((*criteria)[1].key, SortKey::subject);
  EXPECT_FALSE((*criteria)[1].reverse);
}

TEST(SortCriteria, WrongOnesAreRefused) {
  std::string many = "(DATE";
  for (std::size_t i = 0; i < kMaxSortCriteria; ++i) many += " DATE";
  many += ")";
  for (const std::string& text :
       {std::string("()"), std::string("DATE"), std::string("(REVERSE)"), std::string("(DATE"),
        std::string("(REVERSE REVERSE DATE)"), std::string("(NOSUCH)"), many}) {
    Decoder decoder(text);
    EXPECT_FALSE(parse_sort_criteria(decoder)) << text;
  }
}

std::vector<store::SortKeys> random_rows(std::mt19937& random, std::size_t count) {
  static constexpr std::string_view kTexts[] = {"", "A", "AB", "B"};
  std::vector<store::SortKeys> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    rows[i].uid = store::Uid{static_cast<std::uint32_t>(i + 1)};
    rows[i].sent = static_cast<std::int64_t>(random() % 4) - 2;
    rows[i].arrival = static_cast<std::int64_t>(random() % 4);
    rows[i].size = random() % 3;
    rows[i].subject = kTexts[random() % 4];
    rows[i].from = kTexts[random() % 4];
  }
  return rows;
}

// Each criterion alone decides whenever those before it do not, and the mailbox's order last.
TEST(SortedPlaces, FollowTheCriteriaAndThenTheMailbox) {
  std::mt19937 random(3);
  static constexpr SortKey kKeys[] = {SortKey::date, SortKey::arrival, SortKey::size,
                                      SortKey::subject, SortKey::from};
  for (int round = 0; round < 500; ++round) {
    const auto rows = random_rows(random, 1 + random() % 20);
    std::vector<SortCriterion> criteria(1 + random() % 3);
    for (SortCriterion& one : criteria) one = {kKeys[random() % 5], random() % 2 == 0};
    const auto places = sorted_places(rows, criteria, {});
    ASSERT_EQ(places.size(), rows.size());
    for (std::size_t i = 1; i < places.size(); ++i) {
      const auto& before = rows[places[i - 1]];
      const auto& after = rows[places[i]];
      ASSERT_FALSE(sorts_before(after, before, criteria));
      if (!sorts_before(before, after, criteria)) {
        ASSERT_LT(before.uid, after.uid);
      }
    }
  }
}

TEST(SortedPlaces, TheHighestRelevancyComesFirst) {
  std::mt19937 random(3);
  const auto rows = random_rows(random, 3);
  const std::vector<SortCriterion> criteria = {{SortKey::relevancy, false}};
  const std::vector<std::uint8_t> scores = {20, 100, 60};
  EXPECT_EQ(sorted_places(rows, criteria, scores), (std::vector<std::uint32_t>{1, 2, 0}));
}

TEST(SortDetail, TextsAreReadOnlyWhereTheyAreCompared) {
  const std::vector<SortCriterion> dates = {{SortKey::date, false}, {SortKey::size, true}};
  EXPECT_EQ(detail_for(dates), store::SortDetail::dates);
  const std::vector<SortCriterion> texts = {{SortKey::date, false}, {SortKey::cc, false}};
  EXPECT_EQ(detail_for(texts), store::SortDetail::everything);
}

}  // namespace
}  // namespace mailkeep::imap
