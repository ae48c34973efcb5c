#include "server/admin/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/exit_code.h"
#include "tests/unit/server/admin/admin_fixture.h"

namespace mailkeep::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class UserCommands : public AdminTest {
 protected:
  bool logs_in(const std::string& name, const std::string& password) {
    const auto store = store::Store::open(config_.data_dir);
    const auto record = store->password_of(name);
    return record && sasl::verify_password(*record, password);
  }
};
class AdminCommands : public AdminTest {};

TEST_F(UserCommands, AddMakesTheDataDirectoryAndManyAccounts) {
  EXPECT_EQ(run({"user", "add", "ann", "Bob", "--password-stdin"}, "secret\n"), exit_code::ok);
  EXPECT_EQ(run({"user", "list"}), exit_code::ok);
  EXPECT_EQ(out(), "ann\nbob\n");
  EXPECT_TRUE(logs_in("ann", "secret"));
  EXPECT_TRUE(logs_in("bob", "secret"));
  EXPECT_FALSE(logs_in("bob", "secret\n"));
}

TEST_F(UserCommands, AddGeneratesAPasswordForEach) {
  EXPECT_EQ(run({"user", "add", "--generate", "ann", "bob"}), exit_code::ok);
  const std::string group = "[a-z2-9]{5}";
  const std::string password = group + "-" + group + "-" + group + "-" + group;
  ASSERT_THAT(out(), MatchesRegex("ann " + password + "\nbob " + password + "\n"));
  EXPECT_TRUE(logs_in("ann", out().substr(4, 23)));
  EXPECT_NE(out().substr(4, 23), out().substr(32, 23));
}

TEST_F(UserCommands, AddGoesOnAfterANameThatIsTaken) {
  add_account("ann");
  EXPECT_EQ(run({"user", "add", "ann", "a\nb", "bob", "--password-stdin"}, "secret"),
            exit_code::failed);
  EXPECT_THAT(err(), AllOf(HasSubstr("ann: "), HasSubstr("not an account name")));
  EXPECT_TRUE(logs_in("bob", "secret"));
}

TEST_F(UserCommands, AddRefusesPasswordsThatCannotBe) {
  EXPECT_EQ(run({"user", "add", "ann", "--password-stdin"}, "\n"), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("empty"));
  EXPECT_EQ(run({"user", "add", "ann", "--password-stdin"}, ""), exit_code::failed);
  EXPECT_EQ(run({"user", "add", "ann", "--password-stdin"}, std::string(1025, 'x')),
            exit_code::failed);
  EXPECT_EQ(run({"user", "add", "ann", "--password-stdin"}, "\xff\n"), exit_code::failed);
  EXPECT_EQ(run({"user", "add", "ann", "--password-stdin"}, std::string(1024, 'x')), exit_code::ok);
}

TEST_F(UserCommands, AddAsksNobodyWithoutATerminal) {
  EXPECT_EQ(run({"user", "add", "ann"}, "secret\n"), exit_code::usage);
  EXPECT_THAT(err(), HasSubstr("--password-stdin"));
}

TEST_F(UserCommands, PasswdChangesThePassword) {
  run({"user", "add", "ann", "--password-stdin"}, "first\n");
  EXPECT_EQ(run({"user", "passwd", "ANN", "--password-stdin"}, "second\r\n"), exit_code::ok);
  EXPECT_TRUE(logs_in("ann", "second"));
  EXPECT_EQ(run({"user", "passwd", "bob", "--password-stdin"}, "x\n"), exit_code::failed);
  EXPECT_THAT(err(), StartsWith("mailkeep: bob: "));
}

TEST_F(UserCommands, RemoveTakesAccountsAway) {
  add_account("ann");
  add_account("bob");
  EXPECT_EQ(run({"user", "remove", "ann", "eve"}), exit_code::failed);
  EXPECT_THAT(err(), StartsWith("mailkeep: eve: "));
  run({"user", "list"});
  EXPECT_EQ(out(), "bob\n");
}

TEST_F(UserCommands, QuotaSetsAndTellsLimits) {
  add_account("ann");
  EXPECT_EQ(run({"user", "quota", "ann", "--storage", "2M", "--messages=10"}), exit_code::ok);
  EXPECT_EQ(out(), "storage\t0\t2097152\nmessages\t0\t10\nmailboxes\t6\tnone\n");
  EXPECT_EQ(run({"user", "quota", "ANN", "--storage", "none", "--mailboxes", "7"}), exit_code::ok);
  EXPECT_EQ(run({"user", "quota", "ann"}), exit_code::ok);
  EXPECT_THAT(out(), HasSubstr("storage\t0\tnone\nmessages\t0\t10\nmailboxes\t6\t7\n"));
  EXPECT_EQ(run({"user", "quota", "ann", "--messages", "many"}), exit_code::usage);
  EXPECT_EQ(run({"user", "quota"}), exit_code::usage);
  EXPECT_EQ(run({"user", "quota", "eve"}), exit_code::failed);
}

TEST_F(AdminCommands, SayHowTheyAreUsed) {
  EXPECT_EQ(run({"user"}), exit_code::usage);
  EXPECT_THAT(err(), AllOf(HasSubstr("user add NAME"), HasSubstr("user passwd NAME")));
  EXPECT_EQ(run({"user", "frobnicate"}), exit_code::usage);
  EXPECT_EQ(run({"user", "add"}), exit_code::usage);
  EXPECT_THAT(err(), HasSubstr("missing account name"));
  EXPECT_EQ(run({"user", "add", "ann", "--frob"}), exit_code::usage);
  EXPECT_THAT(err(), HasSubstr("unknown option --frob"));
  EXPECT_EQ(run({"user", "add", "ann", "--generate", "--password-stdin"}), exit_code::usage);
  EXPECT_EQ(run({"import", "ann"}), exit_code::usage);
  EXPECT_EQ(run({"import", "ann", "x", "--mailbox"}), exit_code::usage);
  EXPECT_EQ(run({"export", "ann"}), exit_code::usage);
  EXPECT_EQ(run({"store", "check"}), exit_code::usage);
  EXPECT_EQ(run({"mailbox", "list"}), exit_code::usage);
  EXPECT_EQ(run({"frobnicate"}), exit_code::usage);
}

TEST_F(AdminCommands, DoNotMakeADataDirectoryByMistake) {
  EXPECT_EQ(run({"user", "list"}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("no mail data in"));
  EXPECT_FALSE(std::filesystem::exists(config_.data_dir));
}

TEST_F(AdminCommands, MailboxListShowsCounts) {
  add_account("ann");
  deliver("ann", "Work/2024", {"A: b\r\n\r\n", "A: b\r\n\r\n1\r\n"});
  EXPECT_EQ(run({"mailbox", "list", "ann"}), exit_code::ok);
  EXPECT_THAT(out(), HasSubstr("         2          2             19  Work/2024\n"));
  EXPECT_THAT(out(), HasSubstr("         0          0              0  INBOX\n"));
  EXPECT_EQ(run({"mailbox", "list", "eve"}), exit_code::failed);
}

TEST_F(AdminCommands, StoreCheckChecksOneOrAll) {
  add_account("ann");
  add_account("bob");
  deliver("ann", "INBOX", {"A: b\r\n\r\n"});
  EXPECT_EQ(run({"store", "check", "ann"}), exit_code::ok) << out();
  EXPECT_THAT(out(), AllOf(StartsWith("ann: "), HasSubstr("1 messages, no problems")));
  EXPECT_EQ(run({"store", "check", "--all"}), exit_code::ok);
  EXPECT_THAT(out(), AllOf(HasSubstr("ann: "), HasSubstr("bob: ")));
  EXPECT_EQ(run({"store", "check", "eve", "bob"}), exit_code::failed);
  EXPECT_THAT(out(), HasSubstr("bob: "));
}

}  // namespace
}  // namespace mailkeep::server
