// Log-ins against a real store in a temporary directory.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "protocol/sasl/scram.h"
#include "server/auth/authenticator.h"

namespace mailkeep::server {

class SameThreadPool : public protocol::BlockingPool {
 public:
  void submit(std::move_only_function<void()> work) override { work(); }
};

// Knows what it is told to.
class KnownPasswords : public LoginSource {
 public:
  std::vector<std::pair<std::string, std::string>> users;
  bool copy = false;
  bool broken = false;
  int asked = 0;

  Answer check(const std::string& name, std::string_view password, std::string_view,
               std::string& detail) override {
    ++asked;
    if (broken) {
      detail = "out of order";
      return Answer::unavailable;
    }
    for (const auto& [user, secret] : users) {
      if (user == name) return secret == password ? Answer::right : Answer::wrong;
    }
    return Answer::unknown;
  }
  std::string_view name() const override { return "test"; }
  bool is_copy() const override { return copy; }
};

class LogInTest : public ::testing::Test {
 protected:
  LogInTest() {
    std::string name = (std::filesystem::temp_directory_path() / "mailkeep-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    store_ = store::Store::open(directory_);
    credentials_ = std::make_unique<store::Credentials>(directory_);
    logins_ = std::make_unique<store::Logins>(directory_);
    options_.failure_delay = std::chrono::milliseconds(0);
    add("ann", "secret");
  }
  ~LogInTest() override {
    authenticator_.reset();
    credentials_.reset();
    logins_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void add(const std::string& name, const std::string& password) {
    EXPECT_TRUE(store_->create_account(name, sasl::make_record(password)));
  }

  void add_app_password(const std::string& name, const std::string& secret,
                        std::int64_t expires = 0, const std::string& protocols = "") {
    const auto like = sasl::keys_of(store_->password_of("ann").value());
    EXPECT_TRUE(
        credentials_
            ->add_app_password("ann", {.name = name,
                                       .expires = expires,
                                       .protocols = protocols,
                                       .keys = sasl::keys_of(sasl::make_record(secret, like))})
            .value());
  }

  AccountAuthenticator& authenticator() {
    if (!authenticator_) {
      AuthenticatorParts parts{
          .store = store_, .pool = pool_, .log = [this](const LoginEvent& event) {
            details_.emplace_back(event.detail);
          }};
      parts.credentials = credentials_.get();
      parts.limiter = limiter_.get();
      parts.journal = &journal_;
      parts.tokens = tokens_.get();
      parts.sources = sources_;
      parts.old_server = old_server_;
      authenticator_ = std::make_unique<AccountAuthenticator>(std::move(parts), options_);
    }
    return *authenticator_;
  }

  template <class Result>
  static Result run(protocol::Awaitable<Result> work) {
    std::optional<Result> result;
    boost::asio::io_context context;
    boost::asio::co_spawn(context, std::move(work),
                          [&](const std::exception_ptr& error, Result answer) {
                            EXPECT_FALSE(error);
                            result = std::move(answer);
                          });
    context.run();
    return std::move(*result);
  }

  // "ok NAME", or the error's words.
  static std::string words(const protocol::LoginResult& result);

  std::string log_in(const std::string& name, const std::string& password,
                     const std::string& authorization = "",
                     const protocol::LoginOrigin& origin = {"imap", "PLAIN", "192.0.2.1:1", true}) {
    return words(run(authenticator().check_password(name, password, authorization, origin)));
  }

  std::filesystem::path directory_;
  std::shared_ptr<store::Store> store_;
  std::unique_ptr<store::Credentials> credentials_;
  std::unique_ptr<store::Logins> logins_;
  std::unique_ptr<GuessLimiter> limiter_;
  std::unique_ptr<TokenChecker> tokens_;
  std::vector<LoginSource*> sources_;
  OldServer* old_server_ = nullptr;
  LoginJournal journal_;
  SameThreadPool pool_;
  AuthenticatorOptions options_;
  std::vector<std::string> details_;
  std::unique_ptr<AccountAuthenticator> authenticator_;
};

}  // namespace mailkeep::server
