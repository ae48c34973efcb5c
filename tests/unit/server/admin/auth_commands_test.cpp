#include "server/admin/auth_commands.h"

#include <chrono>

#include <gmock/gmock.h>

#include "server/auth/apop.h"
#include "server/exit_code.h"
#include "store/logins.h"
#include "tests/unit/server/admin/admin_fixture.h"

namespace mailkeep::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class AuthCommands : public AdminTest {
 protected:
  AuthCommands() { run({"user", "add", "ann", "--password-stdin"}, "secret\n"); }
};

TEST_F(AuthCommands, AppPasswordsAreMadeListedAndRemoved) {
  EXPECT_EQ(run({"user", "app-password", "add", "ann", "my phone", "--expires", "90d",
                 "--protocols", "imap,smtp"}),
            exit_code::ok);
  EXPECT_THAT(out(), MatchesRegex("([a-z2-9]{5}-){3}[a-z2-9]{5}\n"));
  EXPECT_EQ(run({"user", "app-password", "add", "ann", "tablet"}), exit_code::ok);
  EXPECT_EQ(run({"user", "app-password", "list", "ann"}), exit_code::ok);
  EXPECT_THAT(out(), AllOf(HasSubstr("my phone\t20"), HasSubstr("\timap smtp\n"),
                           HasSubstr("tablet\t20"), HasSubstr("\tnever\tall\n")));
  EXPECT_EQ(run({"user", "app-password", "remove", "ann", "my phone"}), exit_code::ok);
  EXPECT_EQ(run({"user", "app-password", "remove", "ann", "my phone"}), exit_code::failed);
  EXPECT_EQ(run({"user", "app-password", "add", "ann", "tablet"}), exit_code::failed);
  EXPECT_EQ(run({"user", "app-password", "add", "nobody", "x"}), exit_code::failed);
}

TEST_F(AuthCommands, AppPasswordsSurviveAChangedPasswordWithAllHashes) {
  run({"user", "app-password", "add", "ann", "phone"});
  run({"user", "passwd", "ann", "--password-stdin"}, "changed\n");
  const auto store = store::Store::open(config_.data_dir);
  const auto own = sasl::keys_of(store->password_of("ann").value());
  store::Credentials credentials(config_.data_dir);
  const auto list = credentials.app_passwords("ann");
  ASSERT_EQ(list.size(), 1U);
  ASSERT_EQ(list.front().keys.size(), 3U);
  for (const store::ScramKeys& keys : list.front().keys) {
    for (const store::ScramKeys& other : own) {
      if (other.hash == keys.hash) {
        EXPECT_EQ(other.salt, keys.salt);
      }
    }
  }
}

TEST_F(AuthCommands, AppPasswordsRefuseWhatMakesNoSense) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"user", "app-password"},
        {"user", "app-password", "add", "ann"},
        {"user", "app-password", "make", "ann", "x"},
        {"user", "app-password", "add", "ann", ""},
        {"user", "app-password", "add", "ann", "a\nb"},
        {"user", "app-password", "add", "ann", std::string(101, 'x')},
        {"user", "app-password", "add", "ann", "x", "--expires", "soon"},
        {"user", "app-password", "add", "ann", "x", "--protocols", "http"}}) {
    EXPECT_EQ(run(words), exit_code::usage);
  }
}

TEST_F(AuthCommands, AccountsAreSuspendedAndResumed) {
  EXPECT_EQ(run({"user", "suspend", "Ann", "nobody"}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("nobody: "));
  run({"user", "list"});
  EXPECT_EQ(out(), "ann\tsuspended\n");
  EXPECT_EQ(run({"user", "resume", "ann"}), exit_code::ok);
  run({"user", "list"});
  EXPECT_EQ(out(), "ann\n");
}

TEST_F(AuthCommands, AccountsNeedNoPassword) {
  EXPECT_EQ(run({"user", "add", "bob", "--no-password"}), exit_code::ok);
  const auto store = store::Store::open(config_.data_dir);
  EXPECT_EQ(store->password_of("bob")->iterations, 0U);
}

TEST_F(AuthCommands, ApopSecretsAreSetAndTakenAway) {
  EXPECT_EQ(run({"user", "apop", "ann", "--password-stdin"}, "tanstaaf\n"), exit_code::ok);
  const auto secret = [this] {
    return store::Store::open(config_.data_dir)->setting("ann", kApopSecret).value();
  };
  EXPECT_EQ(secret(), "tanstaaf");
  EXPECT_EQ(run({"user", "apop", "ann", "--none"}), exit_code::ok);
  EXPECT_EQ(secret(), "");
}

TEST_F(AuthCommands, TellsWhoIsBlockedAndUnblocks) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  store::Logins logins(config_.data_dir);
  logins.count_failure("192.0.2.1", "ann", now, 0);
  logins.block("192.0.2.1", "ann", now + 1000);
  logins.count_failure("192.0.2.0/24", "", now, 0);
  logins.block("192.0.2.0/24", "", now + 1000);
  EXPECT_EQ(run({"auth", "blocked"}), exit_code::ok);
  EXPECT_THAT(out(), AllOf(HasSubstr("192.0.2.0/24\t*\t1 failures\tuntil 20"),
                           HasSubstr("192.0.2.1\tann\t")));
  EXPECT_EQ(run({"auth", "unblock", "ann", "192.0.2.0/24"}), exit_code::ok);
  EXPECT_EQ(run({"auth", "blocked"}), exit_code::ok);
  EXPECT_EQ(out(), "");
  EXPECT_EQ(run({"auth", "unblock", "ann"}), exit_code::failed);
}

TEST_F(AuthCommands, LogListsTheNewestFirst) {
  store::Logins logins(config_.data_dir);
  const std::vector<store::LoginRow> rows{
      {"ann", 1'700'000'000, "imap", "PLAIN", "192.0.2.1:1", "ok"},
      {"ann", 1'700'000'001, "pop3", "USER", "192.0.2.1:2", "refused: wrong password"}};
  logins.add(rows);
  EXPECT_EQ(run({"auth", "log", "ann"}), exit_code::ok);
  EXPECT_EQ(out(),
            "2023-11-14T22:13:21Z\tpop3\tUSER\t192.0.2.1:2\trefused: wrong password\n"
            "2023-11-14T22:13:20Z\timap\tPLAIN\t192.0.2.1:1\tok\n");
  EXPECT_EQ(run({"auth", "log", "nobody"}), exit_code::failed);
}

}  // namespace
}  // namespace mailkeep::server
