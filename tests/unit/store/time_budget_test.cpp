#include "store/time_budget.h"

#include <gtest/gtest.h>

namespace mailkeep::store {
namespace {

using namespace std::chrono_literals;

void use_processor(std::chrono::nanoseconds duration) {
  for (const auto end = processor_time() + duration; processor_time() < end;) continue;
}

TEST(TimeBudget, IsPassedByWhatTheProcessorDoes) {
  TimeBudget budget(10ms);
  budget.restart();
  EXPECT_FALSE(budget.is_passed());
  EXPECT_NO_THROW(budget.check());
  use_processor(15ms);
  EXPECT_TRUE(budget.is_passed());
  EXPECT_THROW(budget.check(), TimeBudgetPassed);
}

TEST(TimeBudget, BeginsAnewWithEachMessage) {
  TimeBudget budget(10ms);
  budget.restart();
  use_processor(15ms);
  budget.restart();
  EXPECT_FALSE(budget.is_passed());
}

TEST(TimeBudget, WaitingCostsNothing) {
  TimeBudget budget(1ms);
  budget.restart();
  std::thread([] { use_processor(5ms); }).join();  // time goes by, and others work
  EXPECT_FALSE(budget.is_passed());
}

TEST(TimeBudget, WhatOneThreadUsedIsNotCountedOnAnother) {
  TimeBudget budget(20ms);
  std::thread([&] {
    use_processor(1ms);
    budget.restart();
  }).join();
  use_processor(1ms);
  budget.restart();
  EXPECT_FALSE(budget.is_passed());
  use_processor(25ms);
  EXPECT_TRUE(budget.is_passed());
}

}  // namespace
}  // namespace mailkeep::store
