// A Network with small sessions of our own, for tests of the connection path.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/net/network.h"
#include "test_client.h"

namespace mailkeep::server::net {

// What happens on other threads, in order; waiting for it takes ten seconds at most.
template <class T>
class Happenings {
 public:
  void add(T what) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(what));
    changed_.notify_all();
  }
  std::optional<T> next(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, limit, [this] { return !waiting_.empty(); })) return std::nullopt;
    T what = std::move(waiting_.front());
    waiting_.pop_front();
    return what;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> waiting_;
};

// Collects the lines of a log.
class LogLines {
 public:
  Log& log() { return log_; }
  // The next line that contains `text`; empty where none comes in time.
  std::string wait_for(const std::string& text) {
    while (std::optional<std::string> line = lines_.next()) {
      if (line->find(text) != std::string::npos) return *line;
    }
    return {};
  }

 private:
  Happenings<std::string> lines_;
  Log log_{LogLevel::debug, [this](std::string_view line) { lines_.add(std::string(line)); }};
};

// Says what it reads; "STLS" switches TLS on, "THROW" throws.
protocol::Awaitable<void> echo_session(protocol::Stream& stream);

class NetworkTest : public testing::Test {
 protected:
  using Session = std::function<protocol::Awaitable<void>(protocol::Stream&)>;

  NetworkTest() { settings_.sweep_interval = std::chrono::milliseconds(10); }

  // A plain service "plain" and one with implicit TLS, "tls" where there are identities.
  void serve(Session session);
  TestClient client() { return TestClient::connect(network_->port("plain")); }
  TestClient tls_client(const std::string& name = {});

  TemporaryDirectory directory_;
  NetworkSettings settings_;
  std::vector<TlsIdentity> identities_;
  std::vector<Endpoint> listen_{Endpoint{"127.0.0.1", 0, {}}};
  LogLines lines_;
  std::unique_ptr<Network> network_;
};

}  // namespace mailkeep::server::net
