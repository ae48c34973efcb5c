#include "server/migration/account_filler.h"

#include <exception>
#include <utility>

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "protocol/sasl/secret.h"
#include "server/admin/open_store.h"

namespace mailkeep::server {
namespace {

constexpr int kNiceness = 10;
// Mail may still come to the old server while it is emptied.
constexpr int kPasses = 5;
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
    if (known->second == Clock::time_point::max()) return Begun::given_up;
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

void AccountFiller::note_end(const std::string& account, Clock::time_point time) {
  const std::lock_guard lock(mutex_);
  known_[account] = time;
}

void AccountFiller::fill_one(const Task& task) {
  const std::string& name = task.account;
  log_.info("filling_begun", {{"account", name}, {"from", task.login.url.host}});
  try {
    const MigrationReport report = try_often(task);
    note_end(name, Clock::now());
    log_.info("filling_ended", {{"account", name},
                                {"mailboxes", report.mailboxes},
                                {"messages", report.messages},
                                {"bytes", report.bytes},
                                {"vanished", report.vanished},
                                {"failed", report.failed}});
  } catch (const WrongLogin&) {
    note_end(name, Clock::time_point::max());
    log_.warning("filling_given_up",
                 {{"account", name},
                  {"reason",
                   "the old server does not take the password any more; mailkeep migrate "
                   "can fetch the rest"}});
  } catch (const std::exception& failure) {
    note_end(name, Clock::now());
    log_.warning("filling_interrupted", {{"account", name}, {"reason", failure.what()}});
  }
}

MigrationReport AccountFiller::try_often(const Task& task) {
  for (int attempt = 1;; ++attempt) {
    try {
      return migrate_mail(task);
    } catch (const net::NetworkError& failure) {
      if (attempt >= options_.attempts || stopped_) throw;
      log_.info("filling_waits", {{"account", task.account}, {"reason", failure.what()}});
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, options_.retry_after, [this] { return stopped_.load(); });
  }
}

MigrationReport AccountFiller::migrate_mail(const Task& task) {
  const auto account = expect(store_->open_account(task.account), task.account);
  MigrationOptions options;
  options.connections = options_.connections;
  options.max_message_bytes = options_.max_message_bytes;
  options.only_missing = true;
  options.stop = &stopped_;
  MigrationReport sum;
  std::uint64_t fresh = 1;
  bool has_ids = !options_.pop3;
  for (int pass = 0; pass < kPasses && (fresh > 0 || !has_ids); ++pass) {
    // Unique ids are asked for when the messages are there.
    if (pass > 0) options.pop3 = options_.pop3;
    const MigrationReport report =
        migrate(account, task.login, options, filling_watcher(log_, task.account));
    if (report.interrupted > 0) throw net::NetworkError("not all could be fetched");
    fresh = report.messages;
    has_ids = has_ids || pass > 0;
    sum.mailboxes = report.mailboxes;
    sum.messages += report.messages;
    sum.bytes += report.bytes;
    sum.vanished += report.vanished;
    sum.failed = report.failed;
  }
  const auto info = store_->find_account(task.account);
  const bool same = info && info->id == account->id();
  // What the old server does not give a second time either is not waited for: it stays noted.
  const bool complete = sum.failed == 0 || sum.messages == 0;
  if (complete && fresh == 0 && has_ids && same) {
    expect(store_->set_setting(task.account, kFilling, kFillingDone), task.account);
  }
  return sum;
}

}  // namespace mailkeep::server
