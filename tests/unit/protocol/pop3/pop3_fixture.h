// A POP3 session over memory, on a real store in a temporary directory.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "protocol/pop3/session.h"
#include "store/store.h"

namespace mailkeep::pop3 {

// What the client says and does, one entry a read, and what it gets.
class ScriptedStream : public protocol::Stream {
 public:
  struct Event {
    protocol::ReadStatus status = protocol::ReadStatus::data;
    std::string data;
    std::function<void()> before;  // what happens elsewhere meanwhile
  };

  std::deque<Event> events;
  std::string output;
  std::size_t writes = 0;
  bool tls = false;
  bool tls_possible = false;
  bool loopback = true;
  bool writable = true;
  std::chrono::seconds last_limit{};

  void say(std::string data) {
    events.push_back({protocol::ReadStatus::data, std::move(data), {}});
  }

  Awaitable<protocol::ReadStatus> read(std::string& into, std::chrono::seconds limit,
                                       bool) override {
    last_limit = limit;
    if (events.empty()) co_return protocol::ReadStatus::closed;
    Event event = std::move(events.front());
    events.pop_front();
    if (event.before) event.before();
    into += event.data;
    co_return event.status;
  }
  Awaitable<bool> write(std::string_view bytes) override {
    ++writes;
    if (writable) output += bytes;
    co_return writable;
  }
  Awaitable<bool> start_tls() override {
    output += "(TLS)\n";
    tls = true;
    tls_possible = false;
    co_return true;
  }
  bool can_start_tls() const override { return tls_possible; }
  bool is_tls() const override { return tls; }
  protocol::Waker waker() override {
    return [] {};
  }
  const std::string& peer() const override { return peer_; }
  bool peer_is_loopback() const override { return loopback; }

 private:
  std::string peer_ = "192.0.2.1:1";
};

class InlinePool : public protocol::BlockingPool {
 public:
  std::size_t jobs = 0;
  void submit(std::move_only_function<void()> work) override {
    ++jobs;
    work();
  }
};

// Knows "ann" with "secret"; other outcomes by name.
class FakeAuthenticator : public protocol::Authenticator {
 public:
  std::shared_ptr<store::Account> account;
  std::vector<std::string> mechanisms;

  Awaitable<std::expected<std::shared_ptr<store::Account>, protocol::LoginError>> check_password(
      std::string name, std::string password, std::string authorization,
      protocol::LoginOrigin origin) override {
    mechanisms.emplace_back(origin.mechanism);
    if (name == "damaged") co_return std::unexpected(protocol::LoginError::account_damaged);
    if (name == "suspended") co_return std::unexpected(protocol::LoginError::account_suspended);
    if (name == "busy") co_return std::unexpected(protocol::LoginError::unavailable);
    if (name == "broken") throw std::runtime_error("authenticator broke");
    const bool right =
        name == "ann" && password == "secret" && (authorization.empty() || authorization == name);
    if (!right) co_return std::unexpected(protocol::LoginError::refused);
    co_return account;
  }
};

class RecordedEvents : public protocol::SessionEvents {
 public:
  std::vector<std::string> failures;
  std::vector<std::string> ends;

  void command_failed(std::string_view, std::string_view, std::string_view, std::string_view,
                      std::uint32_t uid, std::string_view command, std::string_view) override {
    failures.push_back(std::string(command) + ' ' + std::to_string(uid));
  }
  void session_ended(std::string_view, std::string_view, std::string_view account,
                     std::string_view reason) override {
    ends.push_back(std::string(account) + ": " + std::string(reason));
  }
};

class Pop3Test : public ::testing::Test {
 protected:
  Pop3Test() {
    std::string name = (std::filesystem::temp_directory_path() / "mailkeep-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    store_ = store::Store::open(directory_);
    EXPECT_TRUE(store_->create_account("ann", {}));
    authenticator_.account = store_->open_account("ann").value();
  }
  ~Pop3Test() override {
    authenticator_.account.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  store::Account& account() { return *authenticator_.account; }

  void deliver(const std::vector<std::string>& messages) {
    std::vector<store::NewMessage> batch;
    for (const std::string& message : messages) {
      store::NewMessage one{account().begin_upload(), {}, {}};
      one.upload.write(message);
      batch.push_back(std::move(one));
    }
    ASSERT_TRUE(account().append("INBOX", std::move(batch)));
  }

  std::uint32_t messages_in_inbox() { return account().mailbox("INBOX")->messages; }

  // Runs a session to its end; the replies after the greeting.
  std::string run() {
    boost::asio::io_context context;
    Session session(stream_, {pool_, authenticator_, events_, settings_});
    boost::asio::co_spawn(context, session.run(), [](const std::exception_ptr& error) {
      EXPECT_FALSE(error) << "the session threw";
    });
    context.run();
    const std::string greeting = "+OK localhost Mailkeep POP3 server ready\r\n";
    EXPECT_TRUE(stream_.output.starts_with(greeting));
    return stream_.output.substr(std::min(greeting.size(), stream_.output.size()));
  }
  std::string run(const std::string& input) {
    stream_.say(input);
    return run();
  }
  // The same after log-in, without the replies to that.
  std::string run_logged_in(const std::string& input) {
    stream_.events.push_front({protocol::ReadStatus::data, "USER ann\r\nPASS secret\r\n", {}});
    if (!input.empty()) stream_.say(input);
    std::string replies = run();
    for (int line = 0; line < 2; ++line) replies.erase(0, replies.find('\n') + 1);
    return replies;
  }

  std::filesystem::path directory_;
  std::shared_ptr<store::Store> store_;
  ScriptedStream stream_;
  InlinePool pool_;
  FakeAuthenticator authenticator_;
  RecordedEvents events_;
  Settings settings_;
};

}  // namespace mailkeep::pop3
