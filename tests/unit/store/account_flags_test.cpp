#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class FlagsTest : public StoreTest {
 protected:
  FlagsTest() {
    append_many("INBOX", 5);
    inbox_ = id("INBOX");
  }
  std::vector<FlagBits> flags() {
    std::vector<FlagBits> list;
    for (const Fetched& message : fetch(inbox_)) list.push_back(message.row.flags);
    return list;
  }
  MailboxId inbox_;
};

constexpr FlagBits kFirst = FlagBits{1} << kFirstKeywordBit;

TEST_F(FlagsTest, AddRemoveAndReplace) {
  change(inbox_, {range(1, 3), FlagOperation::add, {flag::seen | flag::deleted, {}}, {}});
  EXPECT_EQ(info("INBOX").unseen, 2U);
  EXPECT_EQ(info("INBOX").deleted, 3U);
  change(inbox_, {range(2, 9), FlagOperation::remove, {flag::deleted, {}}, {}});
  change(inbox_, {range(3, 4), FlagOperation::replace, {flag::draft, {"New"}}, {}});
  EXPECT_EQ(flags(), (std::vector<FlagBits>{flag::seen | flag::deleted, flag::seen,
                                            flag::draft | kFirst, flag::draft | kFirst, 0}));
  EXPECT_EQ(info("INBOX").unseen, 3U);
  EXPECT_EQ(info("INBOX").deleted, 1U);
  expect_clean();
}

TEST_F(FlagsTest, WhatIsAddedAndClearedAtOnceIsRefusedAtOnce) {
  change(inbox_, {range(1, 2), FlagOperation::add, {flag::flagged, {}}, {}});
  const Modseq known = info("INBOX").highest_modseq;
  change(inbox_, {range(2, 2), FlagOperation::add, {flag::draft, {}}, {}});
  FlagChange wanted{range(1, 2), FlagOperation::add, {flag::seen, {}}, known};
  wanted.cleared.system = flag::flagged;
  EXPECT_EQ(change(inbox_, wanted).modified, range(2, 2));
  EXPECT_EQ(flags(), (std::vector<FlagBits>{flag::seen, flag::flagged | flag::draft, 0, 0, 0}));
  expect_clean();
}

TEST_F(FlagsTest, TellsWhatChangedAndTheModseq) {
  const Modseq before = info("INBOX").highest_modseq;
  change(inbox_, {range(2, 2), FlagOperation::add, {flag::seen, {}}, {}});
  FlagChangeResult result = change(inbox_, {range(1, 3), FlagOperation::add, {flag::seen, {}}, {}});
  EXPECT_EQ(result.previous_modseq.value, before.value + 1);
  EXPECT_EQ(result.modseq.value, before.value + 2);
  ASSERT_EQ(result.messages.size(), 3U);
  EXPECT_EQ(result.messages[0].modseq, result.modseq);
  EXPECT_EQ(result.messages[1].modseq, result.previous_modseq);  // had it already
  EXPECT_EQ(result.messages[2].flags, flag::seen);
  EXPECT_TRUE(result.modified.empty());
}

TEST_F(FlagsTest, NothingChangedTakesNoModseq) {
  FlagChangeResult result =
      change(inbox_, {range(1, 5), FlagOperation::remove, {flag::seen, {"unknown"}}, {}});
  EXPECT_EQ(result.modseq, result.previous_modseq);
  EXPECT_EQ(result.messages.size(), 5U);
  EXPECT_TRUE(result.keywords->empty());
  result = change(inbox_, {range(77, 99), FlagOperation::add, {flag::seen, {}}, {}});
  EXPECT_TRUE(result.messages.empty());
  EXPECT_EQ(info("INBOX").highest_modseq, result.modseq);
}

TEST_F(FlagsTest, RefusesWhatChangedMeanwhile) {
  const Modseq before = info("INBOX").highest_modseq;
  change(inbox_, {range(2, 3), FlagOperation::add, {flag::flagged, {}}, {}});
  FlagChangeResult result =
      change(inbox_, {range(1, 5), FlagOperation::add, {flag::seen, {}}, before});
  EXPECT_EQ(result.modified, range(2, 3));
  EXPECT_EQ(result.messages.size(), 3U);
  EXPECT_EQ(flags(), (std::vector<FlagBits>{flag::seen, flag::flagged, flag::flagged, flag::seen,
                                            flag::seen}));
  result = change(inbox_, {range(1, 5), FlagOperation::add, {flag::seen, {}}, Modseq{0}});
  EXPECT_EQ(result.modified, range(1, 5));
  EXPECT_EQ(result.modseq, result.previous_modseq);
}

TEST_F(FlagsTest, SeveralChangesSeeEachOther) {
  std::vector<FlagChange> changes = {
      {range(1, 1), FlagOperation::add, {flag::seen, {"A"}}, {}},
      {range(1, 2), FlagOperation::replace, {0, {"a", "B"}}, {}},
      {range(1, 1), FlagOperation::remove, {0, {"b"}}, {}},
  };
  auto results = account_->change_flags(inbox_, changes);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(must(results[1]).previous_modseq, must(results[0]).modseq);
  EXPECT_EQ(must(results[2]).modseq.value, must(results[0]).modseq.value + 2);
  EXPECT_EQ(*must(results[2]).keywords, (std::vector<std::string>{"A", "B"}));
  EXPECT_EQ(flags(), (std::vector<FlagBits>{kFirst, kFirst | kFirst << 1, 0, 0, 0}));
}

TEST_F(FlagsTest, KeywordsHaveALimitAndARefusalIsAlone) {
  FlagSet most;
  for (unsigned i = 1; i < kMaxKeywords; ++i) most.keywords.push_back("k" + std::to_string(i));
  change(inbox_, {range(1, 1), FlagOperation::add, most, {}});
  std::vector<FlagChange> changes = {
      {range(2, 2), FlagOperation::add, {0, {"last", "onemore"}}, {}},
      {range(3, 3), FlagOperation::add, {0, {"last"}}, {}},
      {range(4, 4), FlagOperation::add, {0, {"onemore"}}, {}},
      {range(5, 5), FlagOperation::add, {flag::seen, {}}, {}},
  };
  auto results = account_->change_flags(inbox_, changes);
  EXPECT_EQ(results[0].error(), StoreError::too_many_keywords);
  EXPECT_TRUE(results[1]);
  EXPECT_EQ(results[2].error(), StoreError::too_many_keywords);
  EXPECT_TRUE(results[3]);
  EXPECT_EQ(info("INBOX").keywords->size(), kMaxKeywords);
  EXPECT_EQ(flags()[1], 0U);
  EXPECT_EQ(flags()[2], FlagBits{1} << (kFirstKeywordBit + kMaxKeywords - 1));
  FlagSet bad{0, {std::string(kMaxKeywordBytes + 1, 'x')}};
  FlagChange wanted{range(1, 1), FlagOperation::add, bad, {}};
  EXPECT_EQ(account_->change_flags(id("Sent"), {&wanted, 1})[0].error(),
            StoreError::too_many_keywords);
}

TEST_F(FlagsTest, AMailboxThatIsNotThereRefusesEach) {
  std::vector<FlagChange> changes(2, FlagChange{range(1, 1), FlagOperation::add, {}, {}});
  auto results = account_->change_flags(MailboxId{999}, changes);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].error(), StoreError::no_such_mailbox);
}

TEST_F(FlagsTest, FirstUnseenFollowsTheFlags) {
  auto mark = [&](std::uint32_t first, std::uint32_t last, bool seen) {
    change(inbox_, {range(first, last),
                    seen ? FlagOperation::add : FlagOperation::remove,
                    {flag::seen, {}},
                    {}});
  };
  EXPECT_EQ(must(account_->first_unseen(inbox_)), Uid{1});
  mark(1, 2, true);
  EXPECT_EQ(must(account_->first_unseen(inbox_)), Uid{3});
  mark(2, 2, false);
  EXPECT_EQ(must(account_->first_unseen(inbox_)), Uid{2});
  mark(1, 5, true);
  EXPECT_EQ(account_->first_unseen(inbox_).error(), StoreError::message_gone);
  append("INBOX", "seen", {flag::seen, {}});
  append("INBOX", "unseen");
  EXPECT_EQ(must(account_->first_unseen(inbox_)), Uid{7});
  mark(4, 4, false);
  EXPECT_EQ(must(account_->first_unseen(inbox_)), Uid{4});
  must(account_->expunge(inbox_, range(4, 4)));
  EXPECT_EQ(must(account_->first_unseen(inbox_)), Uid{7});
}

TEST_F(FlagsTest, FirstUnseenIsRightAfterAnyChanges) {
  append_many("INBOX", 300);
  std::uint32_t random = 5;
  auto pick = [&](std::uint32_t below) {
    random = random * 1664525U + 1013904223U;
    return (random >> 8) % below;
  };
  for (int round = 0; round < 60; ++round) {
    std::uint32_t first = 1 + pick(305);
    std::uint32_t last = std::min(305U, first + pick(round % 2 == 0 ? 3 : 250));
    change(inbox_, {range(first, last),
                    pick(3) == 0 ? FlagOperation::remove : FlagOperation::add,
                    {flag::seen, {}},
                    {}});
    std::uint32_t lowest = 0;
    auto list = flags();
    for (std::uint32_t i = 0; i < list.size() && lowest == 0; ++i) {
      if ((list[i] & flag::seen) == 0) lowest = i + 1;
    }
    auto found = account_->first_unseen(inbox_);
    ASSERT_EQ(found ? found->value : 0, lowest) << round;
  }
}

}  // namespace
}  // namespace mailkeep::store
