// A load generator for IMAP and POP3 servers: `load --help`.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>

#include "tests/bench/load/workloads.h"

namespace mailkeep::load {
namespace {

void usage() {
  std::puts(
      "usage: load --imap PORT [--imaps PORT] [--pop3 PORT] [--host ADDRESS] [--user load%d]\n"
      "            [--password P] [--pid PID] [--messages N] [--count N] [--idlers N]\n"
      "            [--seconds N] WORKLOAD...\n\n"
      "Prints lines \"workload metric value\". Accounts load1 to load60 and, for idle, load101 "
      "and\n"
      "on, must be there. --pid is the server's process, for its memory. Workloads:\n");
  for (const Workload& workload : workloads()) {
    std::printf("  %-16s %s\n", workload.name.data(), workload.what.data());
  }
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    std::fprintf(stderr, "not a number: %s\n", std::string(text).c_str());
    std::exit(2);
  }
  return value;
}

void set(Options& options, std::string_view name, const std::string& value) {
  if (name == "--imap") {
    options.imap.port = number<std::uint16_t>(value);
  } else if (name == "--imaps") {
    options.imaps.port = number<std::uint16_t>(value);
    options.imaps.tls = true;
  } else if (name == "--pop3") {
    options.pop3.port = number<std::uint16_t>(value);
  } else if (name == "--host") {
    options.imap.host = options.imaps.host = options.pop3.host = value;
  } else if (name == "--user") {
    options.user = value;
  } else if (name == "--password") {
    options.password = value;
  } else if (name == "--pid") {
    options.pid = number<int>(value);
  } else if (name == "--messages") {
    options.messages = number<std::size_t>(value);
  } else if (name == "--count") {
    options.count = number<std::size_t>(value);
  } else if (name == "--idlers") {
    options.idlers = number<std::size_t>(value);
  } else if (name == "--seconds") {
    options.seconds = number<std::size_t>(value);
  } else {
    std::fprintf(stderr, "unknown option %s\n", std::string(name).c_str());
    std::exit(2);
  }
}

int run(const std::vector<std::string>& arguments) {
  Options options;
  std::vector<const Workload*> chosen;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--help" || word == "-h") {
      usage();
      return 0;
    }
    if (word.starts_with("--")) {
      if (i + 1 == arguments.size()) return usage(), 2;
      set(options, word, arguments[++i]);
      continue;
    }
    const Workload* found = nullptr;
    for (const Workload& workload : workloads()) {
      if (workload.name == word) found = &workload;
    }
    if (found == nullptr) return usage(), 2;
    chosen.push_back(found);
  }
  if (options.imap.port == 0 || chosen.empty()) return usage(), 2;
  int failed = 0;
  for (const Workload* workload : chosen) {
    try {
      workload->run(options);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s\n", workload->name.data(), error.what());
      failed = 1;
    }
  }
  return failed;
}

}  // namespace
}  // namespace mailkeep::load

int main(int count, char** words) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return mailkeep::load::run({words + 1, words + count});
}
