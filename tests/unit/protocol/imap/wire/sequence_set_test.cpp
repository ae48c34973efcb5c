#include "protocol/imap/wire/sequence_set.h"

#include <algorithm>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/encoder.h"

namespace mailkeep::imap {
namespace {

store::UidMap map_of(std::initializer_list<store::UidSet::Range> ranges) {
  store::UidMap map;
  for (const auto& range : ranges) map.append(range);
  return map;
}

std::string shown(const store::UidSet& uids) {
  std::string out;
  Encoder(out).uid_set(uids);
  return out;
}

std::string by_uid(std::string_view set, const store::UidMap& map) {
  return shown(Decoder(set).sequence_set()->uids_by_uid(map));
}

std::string by_sequence(std::string_view set, const store::UidMap& map) {
  const auto uids = Decoder(set).sequence_set()->uids_by_sequence(map);
  return uids ? shown(*uids) : "none";
}

// 1 to 6 are UIDs 5, 6, 7, 10, 20, 21.
const store::UidMap kMap = map_of({{5, 7}, {10, 10}, {20, 21}});

TEST(SequenceSet, passes_over_uids_that_are_not_there) {
  EXPECT_EQ(by_uid("1:*", kMap), "5:7,10,20:21");
  EXPECT_EQ(by_uid("1:4,8,11:19", kMap), "");
  EXPECT_EQ(by_uid("7:10", kMap), "7,10");
  EXPECT_EQ(by_uid("4294967295", kMap), "");
}

TEST(SequenceSet, takes_the_last_uid_for_a_star) {
  EXPECT_EQ(by_uid("*", kMap), "21");
  EXPECT_EQ(by_uid("999:*", kMap), "21");
  EXPECT_EQ(by_uid("*:20", kMap), "20:21");
  EXPECT_EQ(by_uid("*", {}), "");
  EXPECT_EQ(by_uid("1:*", {}), "");
}

TEST(SequenceSet, takes_ranges_in_any_order_and_overlapping) {
  EXPECT_EQ(by_uid("21,5:7,6:10,10:7", kMap), "5:7,10,21");
  EXPECT_EQ(by_sequence("6,1:3,2:4,4:3", kMap), "5:7,10,21");
}

TEST(SequenceSet, turns_numbers_into_uids) {
  EXPECT_EQ(by_sequence("1", kMap), "5");
  EXPECT_EQ(by_sequence("3:4", kMap), "7,10");
  EXPECT_EQ(by_sequence("*", kMap), "21");
  EXPECT_EQ(by_sequence("5:*", kMap), "20:21");
  EXPECT_EQ(by_sequence("1:*", kMap), "5:7,10,20:21");
}

TEST(SequenceSet, gives_nothing_for_numbers_above_the_count) {
  EXPECT_EQ(by_sequence("7", kMap), "none");
  EXPECT_EQ(by_sequence("1:7", kMap), "none");
  EXPECT_EQ(by_sequence("7:*", kMap), "none");
  EXPECT_EQ(by_sequence("*", {}), "none");
  EXPECT_EQ(by_sequence("1", {}), "none");
}

TEST(SequenceSet, agrees_with_single_numbers) {
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    store::UidMap map;
    std::uint32_t uid = 0;
    for (auto n = 1 + random() % 30; n > 0; --n) {
      uid += 1 + static_cast<std::uint32_t>(random() % 3 == 0 ? random() % 10 : 0);
      map.append(store::Uid{uid});
    }
    SequenceSet set;
    std::set<std::uint32_t> numbers, uids;
    for (auto n = 1 + random() % 8; n > 0; --n) {
      const auto first = 1 + static_cast<std::uint32_t>(random() % map.size());
      const auto last = 1 + static_cast<std::uint32_t>(random() % map.size());
      set.add({first, last});
      for (auto i = std::min(first, last); i <= std::max(first, last); ++i) {
        numbers.insert(map.uid_of(i).value);
        if (map.sequence_of(store::Uid{i}) != 0) uids.insert(i);
      }
    }
    store::UidSet expected, expected_by_uid;
    for (const auto value : numbers) expected.add(store::Uid{value});
    for (const auto value : uids) expected_by_uid.add(store::Uid{value});
    ASSERT_EQ(set.uids_by_sequence(map), expected);
    ASSERT_EQ(set.uids_by_uid(map), expected_by_uid);
  }
}

TEST(SequenceSet, takes_no_time_for_many_ranges_in_falling_order) {
  SequenceSet set;
  for (std::uint32_t i = 200'000; i > 0; i -= 2) set.add({i, i});
  const store::UidMap map = map_of({{1, 200'000}});
  EXPECT_EQ(set.uids_by_uid(map).size(), 100'000U);
  EXPECT_EQ(set.uids_by_sequence(map)->size(), 100'000U);
}

TEST(SequenceSet, knows_all_its_numbers) {
  const auto all = [](std::string_view set, std::uint32_t last) {
    return shown(Decoder(set).sequence_set()->all_uids(store::Uid{last}));
  };
  EXPECT_EQ(all("5:3,9", 20), "3:5,9");
  EXPECT_EQ(all("18:*", 20), "18:20");
  EXPECT_EQ(all("25:*", 20), "20:25");
  EXPECT_EQ(all("*", 0), "");
}

}  // namespace
}  // namespace mailkeep::imap
