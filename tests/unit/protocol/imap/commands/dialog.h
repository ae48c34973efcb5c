// An IMAP session over memory, on a real store in a temporary directory.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "protocol/imap/session.h"
#include "store/store.h"

namespace mailkeep::imap {

// One entry of `input` is one read; after the last the client is gone.
class DialogStream : public protocol::Stream {
 public:
  std::deque<std::string> input;
  std::string output;
  bool tls = false;
  bool tls_possible = false;
  bool loopback = true;
  protocol::PeerState state = protocol::PeerState::present;
  protocol::ReadStatus end = protocol::ReadStatus::closed;
  // What happens elsewhere before a read; it is told how many reads are left.
  std::function<void(std::size_t)> before_read;

  Awaitable<protocol::ReadStatus> read(std::string& into, std::chrono::seconds,
                                       bool wakeable) override {
    if (before_read && !woken_) before_read(input.size());
    if (wakeable && std::exchange(woken_, false)) co_return protocol::ReadStatus::woken;
    if (input.empty()) co_return end;
    into += input.front();
    input.pop_front();
    co_return protocol::ReadStatus::data;
  }
  Awaitable<bool> write(std::string_view bytes) override {
    output += bytes;
    co_return true;
  }
  Awaitable<bool> start_tls() override {
    output += "(TLS)";
    tls = true;
    tls_possible = false;
    co_return true;
  }
  protocol::PeerState peer_state() override { return state; }
  bool can_start_tls() const override { return tls_possible; }
  bool is_tls() const override { return tls; }
  protocol::Waker waker() override {
    return [this] { woken_ = true; };
  }
  const std::string& peer() const override { return peer_; }
  bool peer_is_loopback() const override { return loopback; }

 private:
  bool woken_ = false;
  std::string peer_ = "192.0.2.1:40000";
};

class DialogPool : public protocol::BlockingPool {
 public:
  void submit(std::move_only_function<void()> work) override { work(); }
};

// Knows "ann" with "secret"; some names have other outcomes.
class DialogAuthenticator : public protocol::Authenticator {
 public:
  std::shared_ptr<store::Account> account;
  std::vector<std::string> seen;  // mechanism, name, password, authorization

  Awaitable<std::expected<std::shared_ptr<store::Account>, protocol::LoginError>> check_password(
      std::string name, std::string password, std::string authorization,
      protocol::LoginOrigin origin) override {
    seen.push_back(std::string(origin.mechanism) + "|" + name + "|" + password + "|" +
                   authorization);
    if (name == "damaged") co_return std::unexpected(protocol::LoginError::account_damaged);
    if (name == "suspended") co_return std::unexpected(protocol::LoginError::account_suspended);
    if (name == "busy") co_return std::unexpected(protocol::LoginError::unavailable);
    if (name != "ann" || password != "secret") {
      co_return std::unexpected(protocol::LoginError::refused);
    }
    co_return account;
  }
};

class DialogEvents : public protocol::SessionEvents {
 public:
  void command_failed(std::string_view, std::string_view, std::string_view, std::string_view,
                      std::uint32_t, std::string_view, std::string_view what) override {
    ADD_FAILURE() << "a command failed: " << what;
  }
  void session_ended(std::string_view, std::string_view, std::string_view,
                     std::string_view reason) override {
    end_reason = reason;
  }
  std::string end_reason;
};

class DialogTest : public ::testing::Test {
 protected:
  DialogTest() {
    std::string name = (std::filesystem::temp_directory_path() / "mailkeep-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    store_ = store::Store::open(directory_);
    EXPECT_TRUE(store_->create_account("ann", {}));
    authenticator_.account = store_->open_account("ann").value();
  }
  ~DialogTest() override {
    authenticator_.account.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  store::Account& account() { return *authenticator_.account; }

  void deliver(std::string_view mailbox, int count) {
    std::vector<store::NewMessage> messages;
    for (int i = 0; i < count; ++i) {
      store::NewMessage one{account().begin_upload(), {}, {}};
      one.upload.write("Subject: x\r\n\r\nhi\r\n");
      messages.push_back(std::move(one));
    }
    ASSERT_TRUE(account().append(mailbox, std::move(messages)));
  }

  // What a new session says to these reads, without the greeting.
  std::string say_all(const std::vector<std::string>& reads) {
    stream_.input.assign(reads.begin(), reads.end());
    stream_.output.clear();
    boost::asio::io_context context;
    Session session(stream_, {pool_, authenticator_, events_, settings_, store_.get()});
    boost::asio::co_spawn(context, session.run(), [](const std::exception_ptr& error) {
      EXPECT_FALSE(error) << "the session threw";
    });
    context.run();
    const std::size_t greeting = stream_.output.find('\n') + 1;
    greeting_ = stream_.output.substr(0, greeting);
    return stream_.output.substr(greeting);
  }
  std::string say(std::initializer_list<std::string> reads) { return say_all(reads); }
  std::string say(const std::string& input) { return say_all({input}); }

  // The same after log-in, without the reply to that.
  std::string say_logged_in(const std::string& input) {
    std::string output = say({"x LOGIN ann secret\r\n", input});
    return output.substr(output.find('\n') + 1);
  }
  // The same with the ids of mailboxes left out.
  std::string say_without_ids(const std::string& input) {
    static const std::regex kId("\\[MAILBOXID \\([^)]+\\)\\] ");
    return std::regex_replace(say_logged_in(input), kId, "");
  }

  std::filesystem::path directory_;
  std::shared_ptr<store::Store> store_;
  DialogStream stream_;
  DialogPool pool_;
  DialogAuthenticator authenticator_;
  DialogEvents events_;
  Settings settings_;
  std::string greeting_;
};

}  // namespace mailkeep::imap
