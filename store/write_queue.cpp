#include "store/write_queue.h"

#include <algorithm>
#include <optional>

#include "store/sqlite/transaction.h"

namespace mailkeep::store {

namespace {

// Enough to share a flush among all sessions of an account, few enough that none waits long.
constexpr std::size_t kMaxGroupJobs = 64;
constexpr std::uint64_t kMaxGroupBytes = 8 << 20;

// Thrown out of a group whose only write refused, so that its transaction is undone.
struct Refused {};

}  // namespace

void WriteQueue::submit(WriteJob& job) {
  {
    std::unique_lock lock(mutex_);
    waiting_.push_back(&job);
    job.wake_.wait(lock, [&] { return job.done_ || waiting_.front() == &job; });
    if (!job.done_) {
      lock.unlock();
      lead(job);
    }
  }
  if (job.error_) std::rethrow_exception(job.error_);
}

void WriteQueue::lead(WriteJob& leader) {
  const std::vector<WriteJob*> group = take_group();
  bool released = false;
  try {
    AccountFile::Lease writer = file_.writer();
    try {
      commit_group(*writer, group);
      release(group, leader, nullptr);
      released = true;
      observer_.after_group(*writer);
    } catch (...) {
      writer.discard();
      throw;
    }
  } catch (...) {
    // Once released, only housekeeping failed; it will fail again where somebody waits for it.
    if (!released) release(group, leader, std::current_exception());
  }
  std::lock_guard lock(mutex_);
  waiting_.erase(waiting_.begin());
  if (!waiting_.empty()) waiting_.front()->wake_.notify_one();
}

// The jobs at the front, as many as fit. They stay in the queue, so that nobody else leads.
std::vector<WriteJob*> WriteQueue::take_group() {
  std::vector<WriteJob*> group;
  std::uint64_t bytes = 0;
  std::lock_guard lock(mutex_);
  for (WriteJob* job : waiting_) {
    bytes += job->bytes_;
    if (!group.empty() && (group.size() == kMaxGroupJobs || bytes > kMaxGroupBytes)) break;
    group.push_back(job);
  }
  return group;
}

// Wakes the group. Only the leader stays in the queue: the other jobs may be gone from here on.
void WriteQueue::release(std::span<WriteJob* const> group, WriteJob& leader,
                         const std::exception_ptr& error) {
  std::lock_guard lock(mutex_);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(group.size()));
  waiting_.insert(waiting_.begin(), &leader);
  for (WriteJob* member : group) {
    if (error) member->error_ = error;
    member->done_ = true;
    if (member != &leader) member->wake_.notify_one();
  }
}

void WriteQueue::commit_group(sqlite::Database& database, std::span<WriteJob* const> group) {
  bool flags_only = std::ranges::all_of(
      group, [](WriteJob* job) { return job->durability_ == sqlite::Durability::process; });
  auto durability = flags_only ? sqlite::Durability::process : sqlite::Durability::disk;
  database.set_durability(durability);
  const bool alone = group.size() == 1;
  try {
    sqlite::Transaction transaction(database, sqlite::Transaction::Kind::write);
    for (WriteJob* job : group) run_job(database, *job, alone);
    observer_.before_commit(database);
    transaction.commit();
  } catch (const Refused&) {
    return;
  }
  std::vector<TouchedMailbox> touched;
  std::vector<MailboxEvent> events;
  for (WriteJob* job : group) {
    touched.insert(touched.end(), job->touched_.begin(), job->touched_.end());
    events.insert(events.end(), job->events_.begin(), job->events_.end());
  }
  observer_.committed(durability, touched, events);
}

void WriteQueue::run_job(sqlite::Database& database, WriteJob& job, bool alone) {
  WriteContext context{database, {}, {}};
  std::optional<sqlite::Savepoint> savepoint;
  if (!alone) savepoint.emplace(database);
  try {
    if (!job.run(context)) {
      if (alone) throw Refused{};
      return;
    }
  } catch (const sqlite::Error& error) {
    job.error_ = std::current_exception();
    if (error.kind() != sqlite::ErrorKind::statement || !database.in_transaction()) throw;
    if (alone) throw Refused{};
    return;
  } catch (const std::exception&) {
    job.error_ = std::current_exception();
    if (alone) throw Refused{};
    return;
  }
  if (savepoint) savepoint->keep();
  for (TouchedMailbox& touched : context.touched) touched.origin = job.origin_;
  for (MailboxEvent& event : context.events) event.origin = job.origin_;
  job.touched_ = std::move(context.touched);
  job.events_ = std::move(context.events);
}

}  // namespace mailkeep::store
