// A process that writes to a store is killed (SIGKILL) at some moment, again and again. Whatever it
// had acknowledged by then must be there, and the store must be sound.
//
// The child tells each acknowledged change through a pipe, in one line that is written at once;
// what it was doing when it was killed may be there or not.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/account.h"
#include "store/store.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

constexpr int kRounds = 8;
constexpr int kWriters = 3;

std::string message_octets(std::uint32_t seed) {
  std::mt19937 random(seed);
  // Now and then longer than a content frame.
  const std::size_t bytes = seed % 20 == 0 ? 600'000 : 200 + random() % 20'000;
  std::string text = "Subject: seed " + std::to_string(seed) + "\r\n\r\n";
  while (text.size() < bytes) text += std::to_string(random()) + "\r\n";
  return text;
}

// What the child does: threads that append, flag, copy and expunge, each in a mailbox of its own.
class Writer {
 public:
  Writer(Account& account, int number, int round, int pipe)
      : account_(account),
        name_("box" + std::to_string(number)),
        random_(static_cast<std::uint32_t>(round * 100 + number)),
        pipe_(pipe) {}

  [[noreturn]] void run() {
    auto mailbox = account_.mailbox(name_);
    for (;;) {
      const std::uint32_t seed = static_cast<std::uint32_t>(random_());
      std::vector<NewMessage> messages;
      messages.push_back({account_.begin_upload(), {}, {}});
      messages.back().upload.write(message_octets(seed));
      auto appended = must(account_.append(name_, std::move(messages)));
      const std::uint32_t uid = appended.uids.ranges()[0].first;
      tell("append", uid, seed);
      FlagChange change{UidSet(UidSet::Range{uid, uid}), FlagOperation::add, {flag::seen, {}}, {}};
      must(std::move(account_.change_flags(mailbox->id, {&change, 1})[0]));
      tell("seen", uid, 0);
      if (seed % 4 == 0) {
        must(account_.copy(mailbox->id, change.uids, "Archive"));
      }
      if (seed % 5 == 0 && uid > 3) {
        must(account_.expunge(mailbox->id, UidSet(UidSet::Range{uid - 3, uid - 3})));
        tell("expunge", uid - 3, 0);
      }
    }
  }

 private:
  void tell(const char* what, std::uint32_t uid, std::uint32_t seed) {
    const std::string line =
        name_ + " " + what + " " + std::to_string(uid) + " " + std::to_string(seed) + "\n";
    // A line is shorter than PIPE_BUF: it arrives whole or not at all.
    if (::write(pipe_, line.data(), line.size()) < 0) ::_exit(1);
  }

  Account& account_;
  std::string name_;
  std::mt19937 random_;
  int pipe_;
};

[[noreturn]] void run_child(const std::filesystem::path& directory, int round, int pipe) {
  try {
    auto store = Store::open(directory, {.purge_after = std::chrono::seconds(0)});
    auto account = must(store->open_account("anna"));
    std::vector<std::thread> threads;
    for (int number = 0; number < kWriters; ++number) {
      threads.emplace_back([&, number] { Writer(*account, number, round, pipe).run(); });
    }
    for (;;) {
      store->maintain();
      store->index_texts();
    }
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    ::_exit(1);
  }
}

// What was acknowledged: by mailbox and UID.
struct Known {
  struct Message {
    std::uint32_t seed;
    bool seen = false;
  };
  std::map<std::string, std::map<std::uint32_t, Message>> mailboxes;

  void take(const std::string& line) {
    const auto first = line.find(' ');
    const auto second = line.find(' ', first + 1);
    const auto third = line.find(' ', second + 1);
    auto& mailbox = mailboxes[line.substr(0, first)];
    const std::string what = line.substr(first + 1, second - first - 1);
    const auto uid = static_cast<std::uint32_t>(std::stoul(line.substr(second + 1)));
    const auto seed = static_cast<std::uint32_t>(std::stoul(line.substr(third + 1)));
    if (what == "append") mailbox[uid] = {seed};
    if (what == "seen") mailbox[uid].seen = true;
    if (what == "expunge") mailbox.erase(uid);
  }
};

void expect_known(Account& account, Known& known) {
  for (auto& [name, messages] : known.mailboxes) {
    const MailboxInfo info = must(account.mailbox(name));
    std::set<std::uint32_t> missing;
    for (const auto& [uid, message] : messages) missing.insert(uid);
    std::map<std::uint32_t, Known::Message> present;
    auto cursor = must(account.messages(info.id, UidSet(UidSet::Range{1, ~0U}), Detail::row));
    std::string octets;
    while (cursor->next()) {
      const MessageRow& row = cursor->row();
      missing.erase(row.uid.value);
      octets.clear();
      cursor->read(0, row.size, octets);
      auto place = messages.find(row.uid.value);
      if (place != messages.end()) {
        ASSERT_TRUE(octets == message_octets(place->second.seed));
        if (place->second.seen) {
          ASSERT_NE(row.flags & flag::seen, 0U);
        }
      }
      // What the child was about to tell of counts from now on.
      const auto seed = static_cast<std::uint32_t>(std::stoul(octets.substr(14)));
      present[row.uid.value] = {seed, (row.flags & flag::seen) != 0};
    }
    // An expunge that was done but not told of takes one message at most.
    ASSERT_LE(missing.size(), 1U) << name;
    messages = std::move(present);
  }
}

TEST(StoreKilled, AcknowledgedChangesSurvive) {
  TemporaryDirectory directory;
  {
    auto store = Store::open(directory.path());
    must(store->create_account("anna", test_password()));
    auto account = must(store->open_account("anna"));
    for (int number = 0; number < kWriters; ++number) {
      must(account->create_mailbox("box" + std::to_string(number)));
    }
  }
  Known known;
  std::mt19937 random(6);
  std::size_t lines = 0;
  for (int round = 0; round < kRounds; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      run_child(directory.path(), round, ends[1]);
    }
    ::close(ends[1]);
    // Killed after some number of acknowledgements, so that no clock decides how much is done.
    const std::size_t enough = lines + 20 + random() % 150;
    bool killed = false;
    std::string text;
    char buffer[4096];
    for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(count));
      for (std::size_t end; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
        known.take(text.substr(0, end));
        ++lines;
      }
      if (!killed && lines >= enough) {
        ::kill(child, SIGKILL);
        killed = true;
      }
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    auto store = Store::open(directory.path());
    auto account = must(store->open_account("anna"));
    expect_known(*account, known);
    if (HasFatalFailure()) return;
    EXPECT_EQ(must(account->check()).problems, std::vector<std::string>{});
  }
}

}  // namespace
}  // namespace mailkeep::store
