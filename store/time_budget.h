// How much of the processor's time one message may take. Not of the clock's: a busy machine does
// not make a message slow. Used by one thread at a time, which may be another for each message.
#pragma once

#include <chrono>
#include <stdexcept>
#include <thread>

namespace mailkeep::store {

// The longest message that is allowed takes less than a second.
inline constexpr std::chrono::nanoseconds kMessageBudget = std::chrono::seconds(20);

class TimeBudgetPassed : public std::runtime_error {
 public:
  TimeBudgetPassed() : std::runtime_error("the message took too long") {}
};

// What the calling thread has used of the processor.
std::chrono::nanoseconds processor_time();

class TimeBudget {
 public:
  explicit TimeBudget(std::chrono::nanoseconds budget) : budget_(budget) {}

  // The next message begins. Costs a look at the clock; what was used just before, up to a quarter
  // of the budget, may count too.
  void restart();
  // Since restart(). As cheap, unless as much time went by.
  bool is_passed() const;
  // Throws TimeBudgetPassed.
  void check() const {
    if (is_passed()) throw TimeBudgetPassed();
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::chrono::nanoseconds budget_;
  Clock::time_point start_;
  // When and by whom the processor's time, which is dear to ask for, was asked for last.
  Clock::time_point asked_;
  std::thread::id asker_;
  std::chrono::nanoseconds used_{0};
};

}  // namespace mailkeep::store
