// The connections that fetch messages, a thread each, and what they have done.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/migration/fetch_queue.h"
#include "server/migration/imap_client.h"
#include "server/migration/keyword_limit.h"
#include "server/migration/message_fetcher.h"

namespace mailkeep::server {

class FetchWorkers {
 public:
  // Starts them; each makes a connection of its own. `plans` and `account` must outlive the
  // workers.
  FetchWorkers(store::Account& account, const RemoteLogin& login,
               const std::vector<MailboxPlan>& plans, unsigned connections,
               std::uint64_t max_message_bytes);
  // Stops them.
  ~FetchWorkers();
  FetchWorkers(const FetchWorkers&) = delete;
  FetchWorkers& operator=(const FetchWorkers&) = delete;

  // Waits a little. False: all have ended. Throws what the store threw.
  bool wait();
  // Complaints since the last call.
  std::vector<std::string> complaints();
  bool has_failed(std::size_t mailbox) const { return queue_.has_failed(mailbox); }

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t messages() const { return messages_; }
  std::uint64_t vanished() const { return vanished_; }
  std::uint64_t other_sizes() const { return other_sizes_; }
  std::uint64_t failed() const { return failed_; }

 private:
  // Connections that break one after the other, with nothing fetched, until it is given up.
  static constexpr int kAttempts = 3;
  // Mailboxes that are given up so until all others are.
  static constexpr int kGivenUp = 2;

  struct Connection;

  void run(bool first);
  void work(Connection& connection);
  void attempt(Connection& connection);
  void fail_rest(const std::string& reason);
  void begin(Connection& connection, const FetchQueue::Portion& portion);
  void commit(const FetchQueue::Portion& portion, FetchedMessages fetched);
  void give_up(Connection& connection, const std::string& reason);
  void complain(std::string text);

  store::Account& account_;
  const RemoteLogin login_;
  const std::vector<MailboxPlan>& plans_;
  const std::uint64_t max_message_bytes_;
  FetchQueue queue_;

  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> messages_{0};
  std::atomic<std::uint64_t> vanished_{0};
  std::atomic<std::uint64_t> other_sizes_{0};
  std::atomic<std::uint64_t> failed_{0};

  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
  std::vector<std::string> complaints_;
  std::vector<KeywordLimit> keywords_;  // of each mailbox
  std::exception_ptr error_;
  std::vector<std::thread> threads_;
};

}  // namespace mailkeep::server
