#include "store/time_budget.h"

#include <ctime>

namespace mailkeep::store {

std::chrono::nanoseconds processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

void TimeBudget::restart() {
  start_ = Clock::now();
  const auto self = std::this_thread::get_id();
  if (asker_ == self && start_ - asked_ < budget_ / 4) return;
  asker_ = self;
  asked_ = start_;
  used_ = processor_time();
}

bool TimeBudget::is_passed() const {
  return Clock::now() - start_ >= budget_ && processor_time() - used_ >= budget_;
}

}  // namespace mailkeep::store
