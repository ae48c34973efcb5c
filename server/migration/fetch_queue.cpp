#include "server/migration/fetch_queue.h"

namespace mailkeep::server {

FetchQueue::FetchQueue(const std::vector<MailboxPlan>& plans) : committed_(plans.size()) {
  for (std::size_t mailbox = 0; mailbox < plans.size(); ++mailbox) {
    const std::span<const MissingMessage> all(plans[mailbox].missing);
    std::size_t begin = 0;
    std::size_t number = 0;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool full = i - begin >= kMessages || bytes + all[i].size > kBytes;
      if (i > begin && (full || all[i].uid < all[i - 1].uid)) {
        portions_.push_back({mailbox, number++, all.subspan(begin, i - begin)});
        begin = i;
        bytes = 0;
      }
      bytes += all[i].size;
    }
    if (begin < all.size()) portions_.push_back({mailbox, number, all.subspan(begin)});
  }
}

std::optional<FetchQueue::Portion> FetchQueue::take() {
  const std::lock_guard lock(mutex_);
  while (!stopped_ && next_ < portions_.size()) {
    const Portion portion = portions_[next_++];
    if (!failed_.contains(portion.mailbox)) return portion;
  }
  return std::nullopt;
}

bool FetchQueue::await_turn(const Portion& portion) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    return stopped_ || failed_.contains(portion.mailbox) ||
           committed_[portion.mailbox] == portion.number;
  });
  return !stopped_ && !failed_.contains(portion.mailbox);
}

void FetchQueue::committed(const Portion& portion) {
  {
    const std::lock_guard lock(mutex_);
    ++committed_[portion.mailbox];
  }
  changed_.notify_all();
}

void FetchQueue::fail(std::size_t mailbox) {
  {
    const std::lock_guard lock(mutex_);
    failed_.insert(mailbox);
  }
  changed_.notify_all();
}

bool FetchQueue::has_failed(std::size_t mailbox) const {
  const std::lock_guard lock(mutex_);
  return failed_.contains(mailbox);
}

void FetchQueue::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

}  // namespace mailkeep::server
