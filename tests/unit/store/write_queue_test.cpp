#include "store/write_queue.h"

#include <atomic>
#include <latch>
#include <thread>

#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

constexpr const char* kInsert = "INSERT INTO subscription (name) VALUES (?1)";

// Runs a function as a job.
class FunctionJob final : public WriteJob {
 public:
  explicit FunctionJob(std::function<bool(WriteContext&)> work,
                       sqlite::Durability durability = sqlite::Durability::disk)
      : WriteJob(durability, 0), work_(std::move(work)) {}
  bool run(WriteContext& context) override { return work_(context); }

 private:
  std::function<bool(WriteContext&)> work_;
};

class QueueTest : public StoreTest, protected WriteObserver {
 protected:
  QueueTest() : file_(account_file(), 2, [] {}), queue_(file_, *this) {}

  void before_commit(sqlite::Database&) override { ++commits_; }
  void committed(sqlite::Durability durability, std::span<const TouchedMailbox> touched,
                 std::span<const MailboxEvent> /*events*/) override {
    durability_ = durability;
    touched_.insert(touched_.end(), touched.begin(), touched.end());
  }
  void after_group(sqlite::Database&) override {}

  // Runs the jobs in one group, which is led by one more job.
  std::vector<bool> run_together(std::vector<FunctionJob*> jobs) {
    std::latch inside(1);
    std::atomic<std::size_t> queued{0};
    std::vector<bool> threw(jobs.size());
    // While the first group is under way, the others gather.
    std::thread leader([&] {
      FunctionJob job([&](WriteContext&) {
        inside.count_down();
        while (queued < jobs.size()) std::this_thread::yield();
        // Between counting and entering the queue lies a step that cannot be watched.
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return true;
      });
      queue_.submit(job);
    });
    inside.wait();
    std::vector<std::thread> threads;
    std::mutex mutex;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      threads.emplace_back([&, i] {
        ++queued;
        try {
          queue_.submit(*jobs[i]);
        } catch (const std::exception&) {
          std::lock_guard lock(mutex);
          threw[i] = true;
        }
      });
    }
    leader.join();
    for (std::thread& thread : threads) thread.join();
    return threw;
  }

  std::vector<std::string> names() { return must(account_->subscriptions()); }
  bool has(std::string_view name) {
    auto list = names();
    return std::find(list.begin(), list.end(), name) != list.end();
  }

  AccountFile file_;
  WriteQueue queue_;
  int commits_ = 0;
  sqlite::Durability durability_{};
  std::vector<TouchedMailbox> touched_;
};

TEST_F(QueueTest, WaitingWritesShareACommit) {
  std::vector<std::unique_ptr<FunctionJob>> jobs;
  std::vector<FunctionJob*> list;
  for (int i = 0; i < 10; ++i) {
    jobs.push_back(std::make_unique<FunctionJob>([i](WriteContext& context) {
      context.database.run(kInsert, std::string_view("q" + std::to_string(i)));
      context.touched.push_back({MailboxId{i}, Modseq{1}});
      return true;
    }));
    list.push_back(jobs.back().get());
  }
  run_together(list);
  EXPECT_EQ(commits_, 2);
  EXPECT_EQ(touched_.size(), 10U);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(has("q" + std::to_string(i)));
}

TEST_F(QueueTest, ARefusalOrFaultUndoesOneWriteOnly) {
  auto insert = [](const char* name) {
    return [name](WriteContext& context) {
      context.database.run(kInsert, std::string_view(name));
      context.touched.push_back({MailboxId{1}, Modseq{1}});
      return true;
    };
  };
  FunctionJob good(insert("good"));
  FunctionJob refused([&](WriteContext& context) {
    insert("refused")(context);
    return false;
  });
  FunctionJob wrong([&](WriteContext& context) -> bool {
    insert("wrong")(context);
    throw std::logic_error("a mistake");
  });
  FunctionJob twice([&](WriteContext& context) {
    insert("twice")(context);
    return insert("twice")(context);  // a constraint
  });
  FunctionJob last(insert("last"));
  auto threw = run_together({&good, &refused, &wrong, &twice, &last});
  EXPECT_EQ(threw, (std::vector<bool>{false, false, true, true, false}));
  EXPECT_TRUE(has("good"));
  EXPECT_TRUE(has("last"));
  EXPECT_FALSE(has("refused"));
  EXPECT_FALSE(has("wrong"));
  EXPECT_FALSE(has("twice"));
  EXPECT_EQ(touched_.size(), 2U);
}

TEST_F(QueueTest, AFailingDatabaseFailsTheWholeGroup) {
  FunctionJob good([](WriteContext& context) {
    context.database.run(kInsert, std::string_view("lost"));
    return true;
  });
  FunctionJob broken([](WriteContext&) -> bool {
    throw sqlite::Error(sqlite::ErrorKind::machine, "the disk failed");
  });
  EXPECT_EQ(run_together({&good, &broken}), (std::vector<bool>{true, true}));
  EXPECT_FALSE(has("lost"));
  FunctionJob later([](WriteContext& context) {
    context.database.run(kInsert, std::string_view("later"));
    return true;
  });
  queue_.submit(later);
  EXPECT_TRUE(has("later"));
}

TEST_F(QueueTest, AloneARefusalLeavesNothing) {
  FunctionJob refused([](WriteContext& context) {
    context.database.run(kInsert, std::string_view("refused"));
    return false;
  });
  queue_.submit(refused);
  EXPECT_EQ(commits_, 0);
  EXPECT_FALSE(has("refused"));
  FunctionJob wrong([](WriteContext& context) -> bool {
    context.database.run(kInsert, std::string_view("wrong"));
    throw std::logic_error("a mistake");
  });
  EXPECT_THROW(queue_.submit(wrong), std::logic_error);
  EXPECT_FALSE(has("wrong"));
}

TEST_F(QueueTest, OneDurableWriteMakesItsGroupDurable) {
  auto nothing = [](WriteContext&) { return true; };
  FunctionJob flags(nothing, sqlite::Durability::process);
  queue_.submit(flags);
  EXPECT_EQ(durability_, sqlite::Durability::process);
  FunctionJob more_flags(nothing, sqlite::Durability::process);
  FunctionJob message(nothing, sqlite::Durability::disk);
  run_together({&more_flags, &message});
  EXPECT_EQ(durability_, sqlite::Durability::disk);
}

}  // namespace
}  // namespace mailkeep::store
