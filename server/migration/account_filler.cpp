#include "server/migration/account_filler.h"

#include <exception>
#include <optional>
#include <utility>

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "protocol/sasl/secret.h"
#include "server/admin/open_store.h"

namespace mailkeep::server {
namespace {

constexpr int kNiceness = 10;
constexpr std::size_t kRememberedAttempts = 10'000;

// Of this thread and those that it starts, as Linux has it (setpriority(2)).
void be_nice() {
  pthread_setname_np(pthread_self(), "filler");
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
}

}  // namespace

MigrationWatcher filling_watcher(Log& log, const std::string& account) {
  return {.complain =
              [&log, account](std::string_view text) {
                log.warning("filling_complaint", {{"account", account}, {"what", text}});
              },
          .say = [](std::string_view) {},
          .progress = [](std::uint64_t, std::uint64_t, std::uint64_t) {}};
}

AccountFiller::AccountFiller(FillerOptions options, std::shared_ptr<store::Store> store, Log& log)
    : options_(std::move(options)), store_(std::move(store)), log_(log) {
  for (std::size_t i = 0; i < options_.accounts; ++i) {
    threads_.emplace_back([this] {
      be_nice();
      work();
    });
  }
}

void AccountFiller::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

AccountFiller::~AccountFiller() {
  stop();
  for (std::thread& thread : threads_) thread.join();
  for (Task& task : queue_) sasl::cleanse(task.login.password);
}

AccountFiller::Begun AccountFiller::fill(const std::string& account, RemoteLogin login) {
  const sasl::CleanseAtExit wipe(login.password);
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(account);
  if (known != known_.end()) {
    if (known->second == Clock::time_point{}) return Begun::already;
    if (now - known->second < options_.pause) return Begun::too_soon;
  }
  if (queue_.size() >= options_.queue) {
    log_.warning("filling_put_off", {{"account", account}, {"reason", "too many wait"}});
    return Begun::queue_full;
  }
  std::erase_if(known_, [&](const auto& attempt) {
    const bool ended = attempt.second != Clock::time_point{};
    return ended && known_.size() >= kRememberedAttempts;
  });
  known_[account] = {};
  queue_.push_back({account, login});
  changed_.notify_one();
  return Begun::yes;
}

void AccountFiller::work() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
      if (stopped_) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    const sasl::CleanseAtExit wipe(task.login.password);
    fill_one(task);
  }
}

void AccountFiller::fill_one(const Task& task) {
  log_.info("filling_begun", {{"account", task.account}, {"from", task.login.url.host}});
  std::optional<MigrationReport> report;
  std::string reason;
  try {
    report = migrate_mail(task);
  } catch (const std::exception& failure) {
    reason = failure.what();
  }
  {
    const std::lock_guard lock(mutex_);
    known_[task.account] = Clock::now();
  }
  if (!report) {
    log_.warning("filling_interrupted", {{"account", task.account}, {"reason", reason}});
    return;
  }
  log_.info("filling_ended", {{"account", task.account},
                              {"mailboxes", report->mailboxes},
                              {"messages", report->messages},
                              {"bytes", report->bytes},
                              {"failed", report->failed}});
}

MigrationReport AccountFiller::migrate_mail(const Task& task) {
  const auto account = expect(store_->open_account(task.account), task.account);
  MigrationOptions options;
  options.connections = options_.connections;
  options.max_message_bytes = options_.max_message_bytes;
  options.pop3 = options_.pop3;
  options.stop = &stopped_;
  const MigrationReport report =
      migrate(account, task.login, options, filling_watcher(log_, task.account));
  if (report.failed == 0) {
    expect(store_->set_setting(task.account, kFilling, kFillingDone), task.account);
  }
  return report;
}

}  // namespace mailkeep::server
