// Fills accounts from another server while they are used: some at a time, in threads of low
// priority, the others wait in a queue. What is not filled at the end is marked so in the store
// and goes on at its user's next log-in.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/log.h"
#include "server/migration/imap_client.h"
#include "server/migration/migrator.h"
#include "store/store.h"

namespace mailkeep::server {

// The setting of an account that says whether more of its mail is to come, and its values; empty:
// it does not come from another server.
inline constexpr std::string_view kFilling = "filling";
inline constexpr std::string_view kFillingBegun = "begun";
inline constexpr std::string_view kFillingDone = "done";

// Tells the log what an account does not get.
MigrationWatcher filling_watcher(Log& log, const std::string& account);

struct FillerOptions {
  std::size_t accounts = 2;  // at a time
  std::size_t queue = 1000;  // that wait
  unsigned connections = 2;  // for each account
  std::uint64_t max_message_bytes = 0;
  std::optional<RemoteUrl> pop3{};       // where POP3 clients got their unique ids
  std::chrono::seconds pause{900};       // between two tasks of one account
  int attempts = 4;                      // of a task, where the old server breaks off
  std::chrono::seconds retry_after{30};  // between these
};

// Thread-safe.
class AccountFiller {
 public:
  // `log` outlives it.
  AccountFiller(FillerOptions options, std::shared_ptr<store::Store> store, Log& log);
  // Stops; what is under way is left as it is.
  ~AccountFiller();
  AccountFiller(const AccountFiller&) = delete;
  AccountFiller& operator=(const AccountFiller&) = delete;

  enum class Begun : std::uint8_t { yes, already, too_soon, queue_full, given_up };
  // `login` is to be right. The password is kept until the account is filled, in memory only.
  Begun fill(const std::string& account, RemoteLogin login);
  // What is under way ends soon, and nothing more begins.
  void stop();
  // Set once it stops: what blocks elsewhere on its behalf may look at it.
  const std::atomic<bool>& stopped() const { return stopped_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Task {
    std::string account;
    RemoteLogin login;
  };

  void work();
  void fill_one(const Task& task);
  // Until nothing new comes.
  MigrationReport migrate_mail(const Task& task);
  MigrationReport try_often(const Task& task);
  void note_end(const std::string& account, Clock::time_point time);

  const FillerOptions options_;
  const std::shared_ptr<store::Store> store_;
  Log& log_;
  std::atomic<bool> stopped_{false};

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> queue_;
  // In the queue or under way: no time; else when the last attempt ended. The end of time: the old
  // server does not take the password.
  std::map<std::string, Clock::time_point, std::less<>> known_;
  std::vector<std::thread> threads_;
};

}  // namespace mailkeep::server
