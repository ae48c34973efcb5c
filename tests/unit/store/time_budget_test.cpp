#include "store/time_budget.h"

#include <gtest/gtest.h>

namespace mailkeep::store {
namespace {

using namespace std::chrono_literals;

void compute_for(std::chrono::nanoseconds duration) {
  for (const auto end = processor_time() + duration; processor_time() < end;) continue;
}

TEST(TimeBudget, IsPassedByWhatTheProcessorDoes) {
  TimeBudget budget(10ms);
  budget.restart();
  EXPECT_FALSE(budget.is_passed());
  EXPECT_NO_THROW(budget.check());
  compute_for(15ms);
  EXPECT_TRUE(budget.is_passed());
  EXPECT_THROW(budget.check(), TimeBudgetPassed);
}

TEST(TimeBudget, BeginsAnewWithEachMessage) {
  TimeBudget budget(10ms);
  budget.restart();
  compute_for(15ms);
  budget.restart();
  EXPECT_FALSE(budget.is_passed());
}

TEST(TimeBudget, WaitingCostsNothing) {
  TimeBudget budget(1ms);
  budget.restart();
  std::thread([] { compute_for(5ms); }).join();  // time goes by, and others work
  EXPECT_FALSE(budget.is_passed());
}

TEST(TimeBudget, WhatOneThreadUsedIsNotCountedOnAnother) {
  TimeBudget budget(20ms);
  std::thread([&] {
    compute_for(1ms);
    budget.restart();
  }).join();
  compute_for(1ms);
  budget.restart();
  EXPECT_FALSE(budget.is_passed());
  compute_for(25ms);
  EXPECT_TRUE(budget.is_passed());
}

}  // namespace
}  // namespace mailkeep::store
