// Group commit: writes of one account that wait at the same time share one transaction.
//
// Each write enters the queue; the first becomes the leader, runs those that wait, each in a
// savepoint of its own, commits, and wakes them. A write that refuses, or throws something that is
// its own fault, is undone alone; where the database fails, every write of the group throws.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

#include "store/account_file.h"
#include "store/mailbox_event.h"
#include "store/sqlite/database.h"
#include "store/types.h"

namespace mailkeep::store {

// A mailbox that a write changed, and its mod-sequence after it; Modseq{0}: it is gone.
struct TouchedMailbox {
  MailboxId mailbox;
  Modseq modseq;
  Origin origin = kNoOrigin;  // set by the queue
};

// What a write sees: the database inside its transaction.
struct WriteContext {
  sqlite::Database& database;
  // To be filled by the write: mailboxes whose messages changed, and what else happened.
  std::vector<TouchedMailbox> touched;
  std::vector<MailboxEvent> events;
};

class WriteJob {
 public:
  WriteJob(sqlite::Durability durability, std::uint64_t bytes)
      : durability_(durability), bytes_(bytes) {}
  virtual ~WriteJob() = default;

  // Does the work; false: refused, to be undone. Runs on any thread that waits in the queue, at
  // most once to its end.
  virtual bool run(WriteContext& context) = 0;

 private:
  friend class WriteQueue;
  const sqlite::Durability durability_;
  const std::uint64_t bytes_;  // about what it writes
  const Origin origin_ = current_origin();
  std::vector<TouchedMailbox> touched_;
  std::vector<MailboxEvent> events_;
  std::exception_ptr error_;
  bool done_ = false;
  std::condition_variable wake_;
};

// What happens around a group.
class WriteObserver {
 public:
  virtual ~WriteObserver() = default;
  // Inside the transaction, after the last write of the group.
  virtual void before_commit(sqlite::Database& database) = 0;
  // After the commit, before anybody is woken.
  virtual void committed(sqlite::Durability durability, std::span<const TouchedMailbox> touched,
                         std::span<const MailboxEvent> events) = 0;
  // When everybody but the leader is woken; the next group waits for it.
  virtual void after_group(sqlite::Database& database) = 0;
};

class WriteQueue {
 public:
  WriteQueue(AccountFile& file, WriteObserver& observer) : file_(file), observer_(observer) {}

  // Runs the job, with others or alone; returns when it is committed or refused. Throws what the
  // job or the database threw.
  void submit(WriteJob& job);

 private:
  void lead(WriteJob& leader);
  std::vector<WriteJob*> take_group();
  void release(std::span<WriteJob* const> group, WriteJob& leader, const std::exception_ptr& error);
  void commit_group(sqlite::Database& database, std::span<WriteJob* const> group);
  void run_job(sqlite::Database& database, WriteJob& job, bool alone);

  AccountFile& file_;
  WriteObserver& observer_;
  std::mutex mutex_;
  std::vector<WriteJob*> waiting_;  // the front is the leader
};

}  // namespace mailkeep::store
