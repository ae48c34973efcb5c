#include "tests/bench/load/workloads.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/bench/load/messages.h"

namespace mailkeep::load {
namespace {

constexpr std::size_t kConnections = 16;
constexpr std::size_t kKinds = 400;  // different messages
constexpr std::size_t kSameAccount = 17;
constexpr std::size_t kBigAccount = 18;
constexpr std::size_t kFirstPop3Account = 21;
constexpr std::size_t kPop3Connections = 10;
constexpr std::size_t kPop3Messages = 500;
constexpr std::size_t kLoginConnections = 20;
constexpr std::size_t kFirstLoginAccount = 31;
constexpr int kWarmRuns = 3;

using OwnConnection = std::unique_ptr<Connection>;

OwnConnection open(const Endpoint& endpoint, const Options& options, std::size_t number) {
  auto connection = std::make_unique<Connection>(endpoint);
  connection->login(account(options, number), options.password);
  return connection;
}

// Runs `work(0)` to `work(count - 1)` each on a thread; throws what the first of them threw.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::exception_ptr failure;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      try {
        work(i);
      } catch (...) {
        const std::scoped_lock lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

template <class Work>
double time_of(const Work& work) {
  const double start = now_seconds();
  work();
  return now_seconds() - start;
}

const std::vector<std::string>& messages() {
  static const std::vector<std::string> made = make_messages(kKinds);
  return made;
}

void append(const Options& options, std::string_view name, bool same) {
  const std::size_t each = options.messages / kConnections;
  std::vector<std::vector<double>> times(kConnections);
  std::vector<OwnConnection> connections;
  for (std::size_t i = 0; i < kConnections; ++i) {
    connections.push_back(open(options.imap, options, same ? kSameAccount : i + 1));
  }
  messages();
  const double seconds = time_of([&] {
    in_parallel(kConnections, [&](std::size_t i) {
      for (std::size_t n = 0; n < each; ++n) {
        const std::string& message = messages()[(i * each + n) % kKinds];
        times[i].push_back(time_of([&] { connections[i]->append("INBOX", message); }));
      }
    });
  });
  std::vector<double> all;
  for (const auto& list : times) all.insert(all.end(), list.begin(), list.end());
  print(name, "messages_per_s", static_cast<double>(all.size()) / seconds);
  print(name, "p50_ms", percentile(all, 0.5) * 1000);
  print(name, "p99_ms", percentile(all, 0.99) * 1000);
}

// Whether the mailbox was not there before.
bool make_mailbox(Connection& connection, const std::string& name) {
  try {
    connection.command("EXAMINE " + name);
    return false;
  } catch (const std::runtime_error&) {
    connection.command("CREATE " + name);
    return true;
  }
}

// The big mailbox, made by several connections when it is not there.
std::string big_mailbox(const Options& options) {
  const std::string name = "big" + std::to_string(options.count);
  if (!make_mailbox(*open(options.imap, options, kBigAccount), name)) return name;
  constexpr std::size_t kBuilders = 8;
  const double seconds = time_of([&] {
    in_parallel(kBuilders, [&](std::size_t i) {
      const OwnConnection connection = open(options.imap, options, kBigAccount);
      for (std::size_t n = i; n < options.count; n += kBuilders) {
        connection->append(name, messages()[n % kKinds]);
      }
    });
  });
  print("sync", "build_messages_per_s", static_cast<double>(options.count) / seconds);
  return name;
}

// One FETCH of the whole mailbox: the first time, and the median of some more.
void time_fetch(Connection& connection, const Options& options, const std::string& what,
                const std::string& metric) {
  std::vector<double> times;
  for (int run = 0; run <= kWarmRuns; ++run) {
    const std::uint64_t before = connection.received();
    std::size_t answers = 0;
    const double seconds = time_of([&] { answers = connection.command("FETCH 1:* " + what); });
    if (answers < options.count) throw std::runtime_error("too few answers to FETCH " + what);
    if (run == 0) {
      print("sync", metric + "_first_s", seconds);
      print("sync", metric + "_megabytes",
            static_cast<double>(connection.received() - before) / 1e6);
    } else {
      times.push_back(seconds);
    }
  }
  print("sync", metric + "_warm_s", percentile(times, 0.5));
}

void time_single_fetches(Connection& connection, const Options& options) {
  const std::size_t fetches = std::min<std::size_t>(options.count, 5000);
  const double seconds = time_of([&] {
    for (std::size_t n = 1; n <= fetches; ++n) {
      connection.command("FETCH " + std::to_string(n) + " BODY.PEEK[]");
    }
  });
  print("sync", "single_bodies_per_s", static_cast<double>(fetches) / seconds);
}

OwnConnection open_pop3(const Options& options, std::size_t number) {
  auto connection = std::make_unique<Connection>(options.pop3);
  connection->pop3("USER " + account(options, number));
  connection->pop3("PASS " + options.password);
  return connection;
}

}  // namespace

std::string account(const Options& options, std::size_t number) {
  std::string name = options.user;
  const std::size_t place = name.find("%d");
  if (place != std::string::npos) name.replace(place, 2, std::to_string(number));
  return name;
}

void print(std::string_view workload, std::string_view metric, double value) {
  std::printf("%.*s %.*s %.6g\n", static_cast<int>(workload.size()), workload.data(),
              static_cast<int>(metric.size()), metric.data(), value);
  std::fflush(stdout);
}

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double percentile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

void append_distinct(const Options& options) {
  append(options, "append-distinct", false);
}

void append_same(const Options& options) {
  append(options, "append-same", true);
}

void sync_mailbox(const Options& options) {
  const std::string name = big_mailbox(options);
  OwnConnection connection = open(options.imap, options, kBigAccount);
  print("sync", "select_first_s", time_of([&] { connection->command("SELECT " + name); }));
  std::vector<double> selects;
  for (int run = 0; run < kWarmRuns; ++run) {
    selects.push_back(time_of([&] { connection->command("SELECT " + name); }));
  }
  print("sync", "select_warm_s", percentile(selects, 0.5));
  time_fetch(*connection, options, "FLAGS", "flags");
  time_fetch(*connection, options, "(ENVELOPE BODYSTRUCTURE)", "structure");
  time_fetch(*connection, options, "BODY.PEEK[HEADER.FIELDS (Date From To Subject Message-ID)]",
             "headers");
  time_fetch(*connection, options, "BODY.PEEK[]", "bodies");
  time_single_fetches(*connection, options);
  if (options.imaps.port == 0) return;
  connection = open(options.imaps, options, kBigAccount);
  connection->command("SELECT " + name);
  time_fetch(*connection, options, "BODY.PEEK[]", "bodies_tls");
}

void store_flags(const Options& options) {
  const std::string name = big_mailbox(options);
  const OwnConnection connection = open(options.imap, options, kBigAccount);
  connection->command("SELECT " + name);
  print("store", "all_add_s",
        time_of([&] { connection->command("STORE 1:* +FLAGS (\\Flagged)"); }));
  print("store", "all_remove_silent_s",
        time_of([&] { connection->command("STORE 1:* -FLAGS.SILENT (\\Flagged)"); }));
  const std::size_t stores = std::min<std::size_t>(options.count, 4000);
  for (const std::string_view sign : {"+", "-"}) {
    const double seconds = time_of([&] {
      std::thread sender([&] {
        for (std::size_t n = 1; n <= stores; ++n) {
          connection->send_command("STORE " + std::to_string(n) + " " + std::string(sign) +
                                   "FLAGS (\\Answered)");
        }
      });
      for (std::size_t n = 1; n <= stores; ++n) connection->await_ok();
      sender.join();
    });
    print("store", sign == "+" ? "pipelined_add_per_s" : "pipelined_remove_per_s",
          static_cast<double>(stores) / seconds);
  }
}

void log_in(const Options& options) {
  for (const Endpoint& endpoint : {options.imap, options.imaps}) {
    if (endpoint.port == 0) continue;
    const double end = now_seconds() + static_cast<double>(options.seconds);
    std::vector<std::vector<double>> times(kLoginConnections);
    const double seconds = time_of([&] {
      in_parallel(kLoginConnections, [&](std::size_t i) {
        while (now_seconds() < end) {
          times[i].push_back(time_of([&] {
            const OwnConnection connection = open(endpoint, options, kFirstLoginAccount + i);
            connection->command("SELECT INBOX");
            connection->command("LOGOUT");
          }));
        }
      });
    });
    std::vector<double> all;
    for (const auto& list : times) all.insert(all.end(), list.begin(), list.end());
    const std::string how = endpoint.tls ? "tls" : "plain";
    print("login", how + "_per_s", static_cast<double>(all.size()) / seconds);
    print("login", how + "_p50_ms", percentile(all, 0.5) * 1000);
  }
}

void retrieve_pop3(const Options& options) {
  if (options.pop3.port == 0) return;
  in_parallel(kPop3Connections, [&](std::size_t i) {
    const OwnConnection imap = open(options.imap, options, kFirstPop3Account + i);
    if (!make_mailbox(*imap, "pop3-filled")) return;
    for (std::size_t n = 0; n < kPop3Messages; ++n) {
      imap->append("INBOX", messages()[(i + n) % kKinds]);
    }
  });
  const double seconds = time_of([&] {
    in_parallel(kPop3Connections, [&](std::size_t i) {
      const OwnConnection connection = open_pop3(options, kFirstPop3Account + i);
      connection->pop3("UIDL", true);
      for (std::size_t n = 1; n <= kPop3Messages; ++n) {
        connection->pop3("RETR " + std::to_string(n), true);
      }
      connection->pop3("QUIT");
    });
  });
  print("pop3", "messages_per_s", static_cast<double>(kPop3Connections * kPop3Messages) / seconds);
}

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = {
      {"append-distinct", "16 connections, each to a mailbox of its own", append_distinct},
      {"append-same", "16 connections to one mailbox", append_same},
      {"sync", "a big mailbox is read in the ways that clients do", sync_mailbox},
      {"store", "flags of the big mailbox, all and one by one", store_flags},
      {"login", "connect, LOGIN, SELECT, LOGOUT; plain and TLS", log_in},
      {"pop3", "10 connections retrieve everything", retrieve_pop3},
      {"idle", "memory of idling connections; how soon they hear of a message", idle},
  };
  return all;
}

}  // namespace mailkeep::load
