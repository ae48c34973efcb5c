// What the load generator does to a server. Each workload prints lines `workload metric value` and
// uses accounts of its own, so that they do not disturb each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/load/connection.h"

namespace mailkeep::load {

struct Options {
  Endpoint imap;
  Endpoint imaps;  // port 0: not there
  Endpoint pop3;   // port 0: not there
  std::string user = "load%d";
  std::string password = "secret";
  int pid = 0;                  // of the server, for its memory; 0: not measured
  std::size_t messages = 1000;  // APPENDs of each append workload
  std::size_t count = 20'000;   // messages of the big mailbox
  std::size_t idlers = 1000;
  std::size_t seconds = 5;  // of the log-in workload
};

// Accounts 1 to 60 are used by all workloads but idle, which uses 101 and on.
inline constexpr std::size_t kFirstIdler = 101;

struct Workload {
  std::string_view name;
  std::string_view what;
  void (*run)(const Options&);
};

const std::vector<Workload>& workloads();

// --- for the workloads ---
std::string account(const Options& options, std::size_t number);
void print(std::string_view workload, std::string_view metric, double value);
double now_seconds();
double percentile(std::vector<double>& values, double part);

void append_distinct(const Options& options);
void append_same(const Options& options);
void sync_mailbox(const Options& options);
void store_flags(const Options& options);
void log_in(const Options& options);
void retrieve_pop3(const Options& options);
void idle(const Options& options);

}  // namespace mailkeep::load
