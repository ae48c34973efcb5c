// Accounts move when their users log in for the first time, and are filled while they are used.
#include "server/migration/first_logins.h"

#include <algorithm>
#include <thread>

#include "tests/unit/server/migration/migrate_fixture.h"

namespace mailkeep::server {
namespace {

using Answer = LoginSource::Answer;
using Begun = AccountFiller::Begun;
using ::testing::HasSubstr;

using Uids = std::vector<std::uint32_t>;

// The lines of a log, to be waited for.
class LogLines {
 public:
  Log& log() { return log_; }
  bool await(const std::string& text, std::size_t times = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [&] { return count(text) >= times; });
  }
  std::string all() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  std::size_t count(const std::string& text) const {
    std::size_t found = 0;
    for (std::size_t at = text_.find(text); at != std::string::npos; ++found) {
      at = text_.find(text, at + 1);
    }
    return found;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  Log log_{LogLevel::info, [this](std::string_view line) {
             {
               const std::lock_guard lock(mutex_);
               text_ += line;
             }
             changed_.notify_all();
           }};
};

class FirstLoginsTest : public MigrateTest {
 protected:
  FirstLoginsTest() {
    store_ = store::Store::open(config_.data_dir);
    options_.from = parse_remote_url("imap://127.0.0.1:" + std::to_string(remote_.port())).value();
    options_.creates_accounts = true;
    options_.timeout = std::chrono::seconds(20);
    filler_.max_message_bytes = 1 << 20;
    remote_.mailboxes["Work/2024"] = {.uid_validity = 22, .subscribed = false};
    remote_.mailboxes["Gone out"] = {.uid_validity = 33, .attributes = "\\Sent"};
  }

  FirstLogins& logins() {
    if (!logins_) logins_ = std::make_unique<FirstLogins>(options_, filler_, store_, lines_.log());
    return *logins_;
  }
  Answer admit(const std::string& name, const std::string& password = "secret") {
    const auto verdict =
        logins().admit(name, password, [&] { return sasl::make_record(password); });
    detail_ = verdict.detail;
    return verdict.answer;
  }
  // As far as the account is filled: "", "begun" or "done".
  std::string filling(const std::string& name) {
    return store_->setting(name, kFilling).value_or("none");
  }
  std::vector<std::uint32_t> uids_of(const std::string& name) {
    std::vector<std::uint32_t> list;
    for (const Stored& stored : messages(name)) list.push_back(stored.row.uid.value);
    return list;
  }
  RemoteLogin login_for(const AccountFiller& filler) const {
    RemoteLogin login;
    login.url = options_.from;
    login.url.user = "bob";
    login.password = "secret";
    login.stop = &filler.stopped();
    return login;
  }
  void await_end(const std::string& name, std::size_t times = 1) {
    EXPECT_TRUE(lines_.await("filling_ended account=" + name, times)) << lines_.all();
  }

  LogLines lines_;
  std::shared_ptr<store::Store> store_;
  FirstLoginOptions options_;
  FillerOptions filler_;
  std::string detail_;
  std::unique_ptr<FirstLogins> logins_;
};

TEST_F(FirstLoginsTest, ARightPasswordMakesTheAccountAndFillsIt) {
  EXPECT_TRUE(logins().may_admit("bob"));
  EXPECT_EQ(admit("bob"), Answer::right) << detail_;
  EXPECT_THAT(remote_.commands(), ::testing::Contains("AUTHENTICATE PLAIN AGJvYgBzZWNyZXQ="));
  EXPECT_TRUE(sasl::verify_password(store_->password_of("bob").value(), "secret"));
  await_end("bob");
  EXPECT_EQ(uids_of("bob"), (Uids{5, 7, 30}));
  EXPECT_EQ(filling("bob"), kFillingDone);
  EXPECT_THAT(lines_.all(), HasSubstr("filling_begun account=bob from=127.0.0.1"));
  const auto commands = remote_.commands();
  EXPECT_EQ(std::ranges::count(commands, "LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE)"), 3)
      << "to make the mailboxes, to fetch, and to see that nothing came meanwhile";
  EXPECT_THAT(lines_.all(), HasSubstr("mailboxes=3 messages=3"));
  EXPECT_FALSE(logins().may_admit("bob")) << "whatever becomes of its password";
  remote_.forget_commands();
  EXPECT_FALSE(logins().is_filling("bob")) << "it is not asked any more";
}

TEST_F(FirstLoginsTest, ClientsSeeTheMailboxesAsTheyWillBe) {
  remote_.faults.hang_in_message = true;
  EXPECT_EQ(admit("bob"), Answer::right) << detail_;
  EXPECT_EQ(mailbox("bob", "INBOX").uid_validity, 1111U);
  EXPECT_EQ(mailbox("bob", "Work/2024").uid_validity, 22U);
  EXPECT_FALSE(mailbox("bob", "Work/2024").subscribed);
  EXPECT_EQ(mailbox("bob", "Gone out").special_use, store::SpecialUse::sent);
  EXPECT_EQ(store_->open_account("bob").value()->mailboxes()->size(), 4U);
  EXPECT_EQ(filling("bob"), kFillingBegun);
}

TEST_F(FirstLoginsTest, AWrongPasswordLeavesNothing) {
  for (const char* const answer :
       {"NO [AUTHENTICATIONFAILED] wrong", "NO wrong", "no [EXPIRED] wrong"}) {
    remote_.faults.login_answer = answer;
    EXPECT_EQ(admit("bob"), Answer::wrong) << answer;
  }
  EXPECT_EQ(admit("bob", "a\r\nb"), Answer::wrong);
  EXPECT_EQ(admit("bob", std::string("a\0b", 3)), Answer::wrong);
  EXPECT_FALSE(store_->find_account("bob"));
}

TEST_F(FirstLoginsTest, AServerThatCannotSayIsUnavailable) {
  for (const char* const answer : {"NO [UNAVAILABLE] later", "NO [inuse] later", "BAD what"}) {
    remote_.faults.login_answer = answer;
    EXPECT_EQ(admit("bob"), Answer::unavailable) << answer;
    EXPECT_EQ(detail_.find("later"), std::string::npos) << "words might hold the password";
  }
  remote_.faults.login_answer = "NO [UNAVAILABLE] not with secret";
  EXPECT_EQ(admit("bob"), Answer::unavailable);
  EXPECT_EQ(detail_, "NO [UNAVAILABLE]");
  remote_.faults.login_answer.clear();
  remote_.faults.bye_at_login = true;
  EXPECT_EQ(admit("bob"), Answer::unavailable);
  logins_.reset();
  options_.from.port = 1;
  EXPECT_EQ(admit("bob"), Answer::unavailable);
  EXPECT_THAT(detail_, HasSubstr("127.0.0.1:1: "));
  EXPECT_FALSE(store_->find_account("bob"));
}

TEST_F(FirstLoginsTest, WhoIsHereWithoutAPasswordIsAdmitted) {
  options_.creates_accounts = false;
  EXPECT_FALSE(logins().may_admit("bob"));
  EXPECT_TRUE(logins().may_admit("ann"));
  deliver("ann", "INBOX", {"A: own\r\n\r\n"});
  EXPECT_EQ(admit("ann"), Answer::right);
  await_end("ann");
  EXPECT_EQ(octets("ann").size(), 4U);
  EXPECT_TRUE(sasl::verify_password(store_->password_of("ann").value(), "secret"));
}

TEST_F(FirstLoginsTest, OneOfThoseWhoComeAtOnceIsAdmitted) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  FirstLogins& there = logins();
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto record = [] { return sasl::make_record("secret"); };
      if (there.admit("bob", "secret", record).answer == Answer::right) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 1);
  await_end("bob");
  EXPECT_EQ(uids_of("bob"), (Uids{5, 7, 30}));
}

TEST_F(FirstLoginsTest, FillingGoesOnAfterARestart) {
  remote_.faults.hang_in_message = true;
  EXPECT_EQ(admit("bob"), Answer::right) << detail_;
  EXPECT_TRUE(lines_.await("filling_begun account=bob"));
  deliver("bob", "INBOX", {"A: own\r\n\r\n"});
  logins_.reset();
  EXPECT_TRUE(lines_.await("filling_interrupted account=bob reason=")) << lines_.all();
  EXPECT_EQ(filling("bob"), kFillingBegun);
  EXPECT_EQ(run({"user", "list"}), exit_code::ok);
  EXPECT_EQ(out(), "ann\nbob\tfilling\n");
  remote_.faults = {};
  logins().welcome_back("bob", "secret");
  await_end("bob");
  EXPECT_EQ(octets("bob").size(), 4U);
  EXPECT_EQ(filling("bob"), kFillingDone);
  EXPECT_EQ(run({"user", "list"}), exit_code::ok);
  EXPECT_EQ(out(), "ann\nbob\n");
}

TEST_F(FirstLoginsTest, WhatDoesNotComeKeepsTheAccountMarked) {
  remote_.faults.refused_uid = 7;
  filler_.pause = std::chrono::seconds(0);
  EXPECT_EQ(admit("bob"), Answer::right);
  await_end("bob");
  EXPECT_THAT(lines_.all(), HasSubstr("failed=1"));
  EXPECT_THAT(lines_.all(), HasSubstr("INBOX: message 7 cannot be fetched"));
  EXPECT_EQ(filling("bob"), kFillingBegun);
  remote_.faults = {};
  logins().welcome_back("bob", "secret");
  await_end("bob", 2);
  EXPECT_EQ(filling("bob"), kFillingDone);
  EXPECT_EQ(octets("bob").size(), 3U);
}

TEST_F(FirstLoginsTest, WhatDoesNotComeTheSecondTimeEitherIsNotWaitedFor) {
  remote_.faults.refused_uid = 7;
  filler_.pause = std::chrono::seconds(0);
  EXPECT_EQ(admit("bob"), Answer::right);
  await_end("bob");
  EXPECT_EQ(filling("bob"), kFillingBegun);
  logins().welcome_back("bob", "secret");
  await_end("bob", 2);
  EXPECT_EQ(filling("bob"), kFillingDone);
  // It stays noted: a migration by hand asks for it.
  const auto account = store_->open_account("bob").value();
  const auto missing = account->missing_uids(account->mailbox("INBOX")->id);
  EXPECT_TRUE(missing->told.contains(store::Uid{7}));
}

TEST_F(FirstLoginsTest, TheCommandFinishesIt) {
  remote_.faults.refused_uid = 7;
  EXPECT_EQ(admit("bob"), Answer::right);
  await_end("bob");
  logins_.reset();
  remote_.faults = {};
  config_.migrate_from = "imaps://127.0.0.1";
  EXPECT_EQ(run({"migrate", "bob", "--password-stdin", "--from",
                 "imap://bob@127.0.0.1:" + std::to_string(remote_.port())},
                "secret\n"),
            exit_code::ok)
      << err();
  EXPECT_EQ(filling("bob"), kFillingDone);
}

TEST_F(FirstLoginsTest, SoManyMayAskAtATime) {
  options_.waiting = 2;
  const auto first = logins().take_place("192.0.2.1:1");
  auto second = logins().take_place("192.0.2.2:1");
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(logins().take_place("192.0.2.3:1"));
  second.reset();
  EXPECT_TRUE(logins().take_place("192.0.2.3:1"));
}

TEST_F(FirstLoginsTest, SoManyOfOneAddressMayAskAtATime) {
  options_.of_address = 1;
  const auto first = logins().take_place("192.0.2.1:1");
  EXPECT_FALSE(logins().take_place("192.0.2.1:2"));
  EXPECT_TRUE(logins().take_place("192.0.2.2:1"));
}

TEST_F(FirstLoginsTest, ARightPasswordIsEnoughWhereNothingElseGoesWell) {
  remote_.faults.refuses_list = true;
  EXPECT_EQ(admit("bob"), Answer::right) << detail_;
  EXPECT_TRUE(sasl::verify_password(store_->password_of("bob").value(), "secret"));
}

TEST_F(FirstLoginsTest, AServerThatTalksWithoutEndIsLeft) {
  options_.most_bytes = 100'000;
  remote_.faults.endless_greeting = true;
  EXPECT_EQ(admit("bob"), Answer::unavailable);
  EXPECT_FALSE(store_->find_account("bob"));
}

TEST_F(FirstLoginsTest, WhatTheUserDoesMeanwhileStays) {
  filler_.pause = std::chrono::seconds(0);
  remote_.faults.refused_uid = 7;
  EXPECT_EQ(admit("bob"), Answer::right);
  await_end("bob");
  {
    const auto account = store_->open_account("bob").value();
    store::FlagChange change;
    change.uids.add(store::Uid{30});
    change.flags.system = store::flag::seen;
    EXPECT_TRUE(account->change_flags(account->mailbox("INBOX")->id, {&change, 1}).front());
    EXPECT_TRUE(account->subscribe("Work/2024", true));
  }
  logins_.reset();
  remote_.faults = {};
  logins().welcome_back("bob", "secret");
  await_end("bob", 2);
  EXPECT_EQ(filling("bob"), kFillingDone);
  EXPECT_EQ(messages("bob")[1].row.flags, store::flag::seen);
  EXPECT_TRUE(mailbox("bob", "Work/2024").subscribed);
}

TEST_F(FirstLoginsTest, AConnectionThatBreaksIsTriedAgainByItself) {
  filler_.connections = 1;
  filler_.retry_after = std::chrono::seconds(0);
  remote_.faults.close_in_message = true;
  remote_.faults.closes = 4;  // one more than a migration bears
  EXPECT_EQ(admit("bob"), Answer::right);
  await_end("bob");
  EXPECT_THAT(lines_.all(), HasSubstr("filling_waits account=bob"));
  EXPECT_EQ(uids_of("bob"), (Uids{5, 7, 30}));
  EXPECT_EQ(filling("bob"), kFillingDone);
}

TEST_F(FirstLoginsTest, APasswordThatIsWrongByNowEndsTheAttempts) {
  filler_.pause = std::chrono::seconds(0);
  remote_.faults.refused_uid = 7;
  EXPECT_EQ(admit("bob"), Answer::right);
  await_end("bob");
  remote_.faults.login_answer = "NO wrong";
  logins().welcome_back("bob", "changed");
  EXPECT_TRUE(lines_.await("filling_given_up account=bob")) << lines_.all();
  remote_.forget_commands();
  logins().welcome_back("bob", "changed");
  EXPECT_TRUE(remote_.commands().empty());
  EXPECT_EQ(filling("bob"), kFillingBegun);
}

TEST_F(FirstLoginsTest, SoManyAccountsAreFilledAndWait) {
  remote_.faults.hang_in_message = true;
  filler_ = {.accounts = 1, .queue = 1, .max_message_bytes = 1 << 20};
  for (const char* const name : {"b", "c", "d"}) add_account(name);
  AccountFiller filler(filler_, store_, lines_.log());
  const RemoteLogin login = login_for(filler);
  EXPECT_EQ(filler.fill("b", login), Begun::yes);
  EXPECT_TRUE(lines_.await("filling_begun account=b"));
  EXPECT_EQ(filler.fill("b", login), Begun::already);
  EXPECT_EQ(filler.fill("c", login), Begun::yes);
  EXPECT_EQ(filler.fill("c", login), Begun::already);
  EXPECT_EQ(filler.fill("d", login), Begun::queue_full);
  EXPECT_THAT(lines_.all(), HasSubstr("filling_put_off account=d"));
  EXPECT_EQ(lines_.all().find("filling_begun account=c"), std::string::npos);
}

TEST_F(FirstLoginsTest, TheNextAttemptIsNotAtOnce) {
  remote_.faults.refused_uid = 7;
  AccountFiller filler(filler_, store_, lines_.log());
  const RemoteLogin login = login_for(filler);
  EXPECT_EQ(filler.fill("ann", login), Begun::yes);
  await_end("ann");
  EXPECT_EQ(filler.fill("ann", login), Begun::too_soon);
}

}  // namespace
}  // namespace mailkeep::server
