#include "server/auth/authenticator.h"

#include <deque>
#include <map>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "protocol/sasl/scram.h"

namespace mailkeep::server {
namespace {

using protocol::LoginError;
using Outcome = std::expected<std::shared_ptr<store::Account>, LoginError>;

// Accounts by name; the only store calls a log-in makes.
class FakeStore : public store::Store {
 public:
  std::map<std::string, store::PasswordRecord, std::less<>> records;
  std::optional<store::StoreError> open_error;
  bool broken = false;
  std::vector<std::string> opened;

  store::StoreResult<store::AccountInfo> create_account(std::string_view,
                                                        const store::PasswordRecord&) override {
    return std::unexpected(store::StoreError::account_exists);
  }
  std::vector<store::StoreResult<store::AccountInfo>> create_accounts(
      std::span<const store::NewAccount>) override {
    return {};
  }
  store::StoreResult<void> set_password(std::string_view, const store::PasswordRecord&) override {
    return {};
  }
  store::StoreResult<void> remove_account(std::string_view) override { return {}; }
  std::vector<store::AccountInfo> accounts() override { return {}; }
  store::StoreResult<store::AccountInfo> find_account(std::string_view) override {
    return std::unexpected(store::StoreError::no_such_account);
  }
  store::StoreResult<store::PasswordRecord> password_of(std::string_view name) override {
    if (broken) throw std::runtime_error("disk I/O error");
    const auto found = records.find(name);
    if (found == records.end()) return std::unexpected(store::StoreError::no_such_account);
    return found->second;
  }
  store::StoreResult<std::shared_ptr<store::Account>> open_account(std::string_view name) override {
    if (open_error) return std::unexpected(*open_error);
    opened.emplace_back(name);
    return nullptr;
  }
  std::vector<store::SharedMailbox> shared_with(std::string_view) override { return {}; }
  store::Watch watch_shares(std::function<void(const std::string&, const std::string&)>) override {
    return {};
  }
  store::StoreResult<std::string> setting(std::string_view, std::string_view) override {
    return {};
  }
  store::StoreResult<void> set_setting(std::string_view, std::string_view,
                                       std::string_view) override {
    return {};
  }
  void maintain() override {}
  void index_texts() override {}
};

class InlinePool : public protocol::BlockingPool {
 public:
  void submit(std::move_only_function<void()> work) override {
    ++jobs;
    work();
  }
  int jobs = 0;
};

// Runs nothing until it is told to.
class HeldPool : public protocol::BlockingPool {
 public:
  void submit(std::move_only_function<void()> work) override { held.push_back(std::move(work)); }
  void run_one() {
    auto work = std::move(held.front());
    held.pop_front();
    work();
  }
  std::deque<std::move_only_function<void()>> held;
};

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest() {
    store_->records["ann"] = sasl::make_record("secret", "salt", 4096);
    options_.failure_delay = std::chrono::milliseconds(0);
    log_ = [this](const LoginEvent& event) {
      names_.emplace_back(event.name);
      details_.emplace_back(event.detail);
      errors_.push_back(event.error);
    };
  }

  Outcome log_in(AccountAuthenticator& authenticator, const std::string& name,
                 const std::string& password, const std::string& authorization = "") {
    Outcome outcome = std::unexpected(LoginError::unavailable);
    boost::asio::io_context context;
    boost::asio::co_spawn(context,
                          authenticator.check_password(name, password, authorization,
                                                       {"imap", "LOGIN", "127.0.0.1:1", false}),
                          [&](const std::exception_ptr& error, Outcome result) {
                            ASSERT_FALSE(error);
                            outcome = std::move(result);
                          });
    context.run();
    return outcome;
  }

  std::shared_ptr<FakeStore> store_ = std::make_shared<FakeStore>();
  InlinePool pool_;
  AuthenticatorOptions options_;
  LoginLog log_;
  std::vector<std::string> names_;
  std::vector<std::string> details_;
  std::vector<std::optional<LoginError>> errors_;
};

TEST_F(AuthenticatorTest, OpensTheAccountForItsPassword) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  EXPECT_TRUE(log_in(authenticator, "ann", "secret"));
  EXPECT_EQ(store_->opened, std::vector<std::string>{"ann"});
  EXPECT_EQ(names_, std::vector<std::string>{"ann"});
  EXPECT_EQ(errors_.front(), std::nullopt);
}

TEST_F(AuthenticatorTest, NamesAreComparedInLowerCase) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  EXPECT_TRUE(log_in(authenticator, "ANN", "secret", "Ann"));
}

TEST_F(AuthenticatorTest, RefusesAWrongPasswordAnUnknownNameAndAnImpossibleOneAlike) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  for (const auto& [name, password] :
       std::vector<std::pair<std::string, std::string>>{{"ann", "Secret"},
                                                        {"bob", "secret"},
                                                        {"bob", "nobody"},
                                                        {"a\nb", "secret"},
                                                        {"", "secret"}}) {
    pool_.jobs = 0;
    const Outcome outcome = log_in(authenticator, name, password);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error(), LoginError::refused);
    EXPECT_EQ(pool_.jobs, 2) << "a look-up and a hash, as for everybody: " << name;
  }
  EXPECT_TRUE(store_->opened.empty());
}

TEST_F(AuthenticatorTest, RefusesToActAsSomebodyElseAlsoWithACachedPassword) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  EXPECT_FALSE(log_in(authenticator, "ann", "secret", "bob"));
  EXPECT_TRUE(log_in(authenticator, "ann", "secret"));
  EXPECT_FALSE(log_in(authenticator, "ann", "secret", "bob"));
}

TEST_F(AuthenticatorTest, RefusesEmptyAndOverlongPasswords) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  EXPECT_FALSE(log_in(authenticator, "ann", ""));
  EXPECT_FALSE(log_in(authenticator, "ann", std::string(1025, 'x')));
  EXPECT_EQ(pool_.jobs, 0);
}

TEST_F(AuthenticatorTest, ASecondLogInCostsNoHash) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  EXPECT_TRUE(log_in(authenticator, "ann", "secret"));
  pool_.jobs = 0;
  EXPECT_TRUE(log_in(authenticator, "ann", "secret"));
  EXPECT_EQ(pool_.jobs, 1);
}

TEST_F(AuthenticatorTest, AChangedPasswordWorksAtOnce) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  EXPECT_TRUE(log_in(authenticator, "ann", "secret"));
  store_->records["ann"] = sasl::make_record("changed", "salt", 4096);
  EXPECT_FALSE(log_in(authenticator, "ann", "secret"));
  EXPECT_TRUE(log_in(authenticator, "ann", "changed"));
}

TEST_F(AuthenticatorTest, SaysWhatIsWrongWithAnAccountOnlyToItsOwner) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  store_->open_error = store::StoreError::account_damaged;
  EXPECT_EQ(log_in(authenticator, "ann", "secret").error(), LoginError::account_damaged);
  EXPECT_EQ(log_in(authenticator, "ann", "wrong").error(), LoginError::refused);
  store_->open_error = store::StoreError::account_suspended;
  EXPECT_EQ(log_in(authenticator, "ann", "secret").error(), LoginError::account_suspended);
  store_->open_error = store::StoreError::no_such_account;
  EXPECT_EQ(log_in(authenticator, "ann", "secret").error(), LoginError::refused);
}

TEST_F(AuthenticatorTest, AFailingStoreIsUnavailableAndLogged) {
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  store_->broken = true;
  EXPECT_EQ(log_in(authenticator, "ann", "secret").error(), LoginError::unavailable);
  EXPECT_EQ(details_.back(), "disk I/O error");
}

TEST_F(AuthenticatorTest, HashesNoMoreAtOnceThanThereAreSlots) {
  HeldPool pool;
  options_.hash_wait = std::chrono::milliseconds(0);
  AccountAuthenticator authenticator({store_, pool, log_}, options_);
  const unsigned slots = std::max(2U, std::thread::hardware_concurrency());
  boost::asio::io_context context;
  std::vector<Outcome> outcomes;
  for (unsigned i = 0; i <= slots; ++i) {
    boost::asio::co_spawn(
        context, authenticator.check_password("ann", "secret", "", {"imap", "", "x", false}),
        [&](const std::exception_ptr&, Outcome result) { outcomes.push_back(std::move(result)); });
  }
  context.poll();
  for (unsigned i = 0; i <= slots; ++i) pool.run_one();  // the look-ups
  while (outcomes.empty()) context.run_one();
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_EQ(outcomes.front().error(), LoginError::unavailable);
  ASSERT_EQ(pool.held.size(), slots);
  while (!pool.held.empty()) pool.run_one();
  context.run();
  ASSERT_EQ(outcomes.size(), slots + 1);
  EXPECT_TRUE(outcomes.back());
}

TEST_F(AuthenticatorTest, AFailedLogInWaits) {
  options_.failure_delay = std::chrono::milliseconds(20);
  AccountAuthenticator authenticator({store_, pool_, log_}, options_);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(log_in(authenticator, "ann", "wrong"));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(20));
}

}  // namespace
}  // namespace mailkeep::server
