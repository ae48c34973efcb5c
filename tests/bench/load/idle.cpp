// The idle workload: what an idling connection costs, and how soon it hears of a new message.
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/load/workloads.h"

namespace mailkeep::load {
namespace {

constexpr std::size_t kNotifications = 200;
constexpr std::string_view kSmallMessage =
    "From: a@example.com\r\nTo: b@example.com\r\nSubject: wake up\r\n\r\nNow.\r\n";

double field_kib(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::stod(line.substr(name.size()));
  }
  return 0;
}

int parent_of(const std::string& pid) {
  return static_cast<int>(field_kib("/proc/" + pid + "/status", "PPid:"));
}

// Pss of a process and of all that descend from it, in KiB.
double tree_kib(int root) {
  double sum = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    int ancestor = std::stoi(pid);
    while (ancestor > 1 && ancestor != root) ancestor = parent_of(std::to_string(ancestor));
    if (ancestor == root) sum += field_kib("/proc/" + pid + "/smaps_rollup", "Pss:");
  }
  return sum;
}

void wait_for(Connection& connection, std::string_view word) {
  while (connection.line().find(word) == std::string_view::npos) {
  }
}

void notify(const Options& options, std::vector<std::unique_ptr<Connection>>& idlers) {
  std::mt19937 random(1);
  std::vector<double> from_send;
  std::vector<double> from_ok;
  for (std::size_t n = 0; n < kNotifications; ++n) {
    const std::size_t chosen = random() % idlers.size();
    Connection sender(options.imap);
    sender.login(account(options, kFirstIdler + chosen), options.password);
    double acknowledged = 0;
    const double start = now_seconds();
    std::thread appending([&] {
      sender.append("INBOX", kSmallMessage);
      acknowledged = now_seconds();
    });
    wait_for(*idlers[chosen], " EXISTS");
    const double heard = now_seconds();
    appending.join();
    from_send.push_back(heard - start);
    from_ok.push_back(std::max(0.0, heard - acknowledged));
    wait_for(*idlers[chosen], " RECENT");
  }
  print("idle", "notify_from_send_p50_ms", percentile(from_send, 0.5) * 1000);
  print("idle", "notify_from_send_p99_ms", percentile(from_send, 0.99) * 1000);
  print("idle", "notify_from_ok_p50_ms", percentile(from_ok, 0.5) * 1000);
}

}  // namespace

void idle(const Options& options) {
  const double before = options.pid == 0 ? 0 : tree_kib(options.pid);
  std::vector<std::unique_ptr<Connection>> idlers;
  for (std::size_t n = 0; n < options.idlers; ++n) {
    auto connection = std::make_unique<Connection>(options.imap);
    connection->login(account(options, kFirstIdler + n), options.password);
    connection->command("SELECT INBOX");
    connection->send_command("IDLE");
    if (!connection->line().starts_with("+")) throw std::runtime_error("IDLE was refused");
    idlers.push_back(std::move(connection));
  }
  if (options.pid != 0) {
    // Long enough for caches of the log-ins to be given back.
    constexpr std::chrono::seconds kSettle{15};
    std::this_thread::sleep_for(kSettle);
    const double kib = (tree_kib(options.pid) - before) / static_cast<double>(options.idlers);
    print("idle", "kib_per_connection", kib);
  }
  notify(options, idlers);
}

}  // namespace mailkeep::load
