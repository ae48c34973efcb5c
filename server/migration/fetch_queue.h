// The messages that are to be fetched, in portions, for several connections: each portion is
// fetched by one of them, and the portions of a mailbox are committed in their order. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "server/migration/mailbox_plan.h"

namespace mailkeep::server {

class FetchQueue {
 public:
  // A portion has so many messages or about so many octets at most.
  static constexpr std::size_t kMessages = 250;
  static constexpr std::uint64_t kBytes = 4ULL << 20;

  struct Portion {
    std::size_t mailbox;  // which of the plans
    std::size_t number;   // of the mailbox, from 0
    std::span<const MissingMessage> messages;
  };

  // `plans` must outlive the queue and stay as they are.
  explicit FetchQueue(const std::vector<MailboxPlan>& plans);

  // The next portion of a mailbox that has not failed; nothing where there is none, or after
  // stop().
  std::optional<Portion> take();
  // Waits until all portions of the mailbox before this one are committed. False: the mailbox has
  // failed, or it was stopped: the portion is to be dropped.
  bool await_turn(const Portion& portion);
  void committed(const Portion& portion);
  // Nothing more is taken of the mailbox: what comes later must not be here without what failed.
  void fail(std::size_t mailbox);
  bool has_failed(std::size_t mailbox) const;
  // Everybody ends.
  void stop();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Portion> portions_;
  std::size_t next_ = 0;
  std::vector<std::size_t> committed_;  // portions, of each mailbox
  std::set<std::size_t> failed_;
  bool stopped_ = false;
};

}  // namespace mailkeep::server
