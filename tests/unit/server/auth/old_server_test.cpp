// Who has no password here is asked about at the server that users come from.
#include "server/auth/old_server.h"

#include <chrono>
#include <thread>

#include "tests/unit/server/auth/log_in_fixture.h"

namespace mailkeep::server {
namespace {

using Answer = LoginSource::Answer;

// Knows one user, and does with the store what is expected of it.
class KnownThere final : public OldServer {
 public:
  explicit KnownThere(store::Store& store) : store_(store) {}

  bool may_admit(const std::string& name) override { return name != "stranger"; }
  std::shared_ptr<void> take_place(std::string_view) override {
    return full ? nullptr : std::make_shared<int>(0);
  }
  protocol::BlockingPool& pool() override { return pool_; }
  Verdict admit(const std::string& name, std::string_view password,
                const MakeRecord& make_record) override {
    ++asked;
    if (broken) return {.answer = Answer::unavailable, .was_sent = true, .detail = "out of order"};
    if (name != "new" || password != "theirs") {
      const auto end = std::chrono::steady_clock::now() + takes;
      while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
      return {.answer = Answer::wrong, .was_sent = true, .detail = {}};
    }
    EXPECT_TRUE(store_.create_account(name, make_record()));
    return {.answer = Answer::right, .was_sent = true, .detail = {}};
  }
  bool is_filling(const std::string&) override { return filling; }
  void welcome_back(const std::string& name, std::string_view password) override {
    welcomed.push_back(name + ' ' + std::string(password));
  }

  std::chrono::milliseconds takes{0};  // for a refusal
  bool broken = false;
  bool full = false;
  bool filling = true;
  int asked = 0;
  std::vector<std::string> welcomed;

 private:
  store::Store& store_;
  SameThreadPool pool_;
};

class OldServerTest : public LogInTest {
 protected:
  OldServerTest() : there_(*store_) {
    old_server_ = &there_;
    sources_ = {nullptr};
  }
  KnownThere there_;
};

TEST_F(OldServerTest, AnUnknownNameIsAskedAboutAndLetIn) {
  EXPECT_EQ(log_in("New", "theirs"), "ok new");
  EXPECT_EQ(details_.back(), "the old server's password");
  EXPECT_EQ(there_.asked, 1);
  EXPECT_EQ(log_in("new", "theirs"), "ok new");
  EXPECT_EQ(log_in("new", "other"), "refused");
  EXPECT_EQ(there_.asked, 1) << "the password is here by now";
  EXPECT_EQ(there_.welcomed, (std::vector<std::string>{"new theirs"}));
}

TEST_F(OldServerTest, AWrongPasswordIsRefusedAndCountedAsAnyOther) {
  GuessLimits limits;
  limits.of_account = 2;
  limiter_ = std::make_unique<GuessLimiter>(*logins_, limits);
  EXPECT_EQ(log_in("new", "wrong"), "refused");
  EXPECT_EQ(log_in("new", "wrong"), "refused");
  EXPECT_NE(log_in("new", "theirs"), "ok new") << "too many guesses";
  EXPECT_EQ(there_.asked, 2);
  EXPECT_FALSE(store_->find_account("new"));
}

TEST_F(OldServerTest, WhoHasMovedIsRefusedNoSooner) {
  there_.takes = std::chrono::milliseconds(700);  // more than any hash
  EXPECT_EQ(log_in("new", "wrong"), "refused");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(log_in("ann", "wrong"), "refused");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, there_.takes);
}

TEST_F(OldServerTest, WhomAnotherSourceRefusesIsNotAskedAbout) {
  KnownPasswords source;
  source.users = {{"new", "changed"}};
  sources_ = {nullptr, &source};
  EXPECT_EQ(log_in("new", "theirs"), "refused");
  EXPECT_EQ(there_.asked, 0);
}

TEST_F(OldServerTest, EveryAttemptThatWentThereCounts) {
  GuessLimits limits;
  limits.of_account = 2;
  limiter_ = std::make_unique<GuessLimiter>(*logins_, limits);
  there_.broken = true;
  EXPECT_EQ(log_in("new", "theirs"), "unavailable");
  EXPECT_EQ(log_in("new", "theirs"), "unavailable");
  there_.broken = false;
  EXPECT_NE(log_in("new", "theirs"), "ok new");
  EXPECT_EQ(there_.asked, 2);
}

TEST_F(OldServerTest, EachLogInBringsTheMailOnUntilItIsHere) {
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
  EXPECT_EQ(there_.welcomed.size(), 2U) << "no cached password is in the way";
  there_.filling = false;
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
  EXPECT_EQ(there_.welcomed.size(), 2U);
}

TEST_F(OldServerTest, AServerThatCannotSayMakesItUnavailable) {
  there_.broken = true;
  EXPECT_EQ(log_in("new", "theirs"), "unavailable");
  EXPECT_EQ(details_.back(), "old server: out of order");
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
}

TEST_F(OldServerTest, WhoComesWhenTooManyWaitIsToComeLater) {
  there_.full = true;
  EXPECT_EQ(log_in("new", "theirs"), "unavailable");
  EXPECT_EQ(there_.asked, 0);
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
}

TEST_F(OldServerTest, IsNotAskedAboutOthers) {
  options_.masters = {"new"};
  EXPECT_EQ(log_in("ann", "wrong"), "refused");
  EXPECT_EQ(log_in("stranger", "x"), "refused");
  EXPECT_EQ(log_in("ann*new", "theirs"), "refused");
  EXPECT_EQ(log_in("new", ""), "refused");
  options_.masters.clear();
  authenticator_.reset();
  EXPECT_EQ(log_in("ann*new", "theirs"), "refused");
  EXPECT_EQ(there_.asked, 0);
}

TEST_F(OldServerTest, AnAppPasswordIsNotOneOfTheOldServers) {
  add_app_password("phone", "app secret");
  EXPECT_EQ(log_in("ann", "app secret"), "ok ann");
  EXPECT_TRUE(there_.welcomed.empty());
  EXPECT_EQ(log_in("ann", "secret"), "ok ann");
  EXPECT_EQ(there_.welcomed, (std::vector<std::string>{"ann secret"}));
}

TEST_F(OldServerTest, ScramIsNotOfferedToWhomItCannotServe) {
  EXPECT_FALSE(authenticator().offers("SCRAM-SHA-256"));
  EXPECT_TRUE(authenticator().offers("PLAIN"));
}

}  // namespace
}  // namespace mailkeep::server
