#include <gmock/gmock.h>

#include "server/admin/deliver_command.h"
#include "server/exit_code.h"
#include "tests/unit/server/admin/admin_fixture.h"

namespace mailkeep::server {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class DeliverCommand : public AdminTest {
 protected:
  DeliverCommand() {
    config_.hostname = "test.example";
    config_.max_message_bytes = 1000;
    add_account("ann");
    add_account("bob");
  }
  std::string inbox(const std::string& account) {
    const auto store = store::Store::open(config_.data_dir);
    const auto opened = store->open_account(account).value();
    const auto cursor =
        opened->messages(opened->mailbox("INBOX")->id, store::UidSet({1, 100}), store::Detail::row);
    std::string all;
    while ((*cursor)->next()) (*cursor)->read(0, (*cursor)->row().size, all);
    return all;
  }
};

TEST_F(DeliverCommand, PutsAMessageFromThePipeIntoInbox) {
  EXPECT_EQ(run({"deliver", "ann@test.example", "--from", "<sender@example>"},
                "From sender Mon Jan  1 00:00:00 2024\nSubject: x\n\nFrom here\r\nto there\n"),
            exit_code::ok)
      << err();
  EXPECT_THAT(inbox("ann"), StartsWith("Return-Path: <sender@example>\r\n"
                                       "Delivered-To: ann@test.example\r\n"
                                       "Received: by test.example with local id "));
  EXPECT_THAT(inbox("ann"), EndsWith(" +0000\r\nSubject: x\r\n\r\nFrom here\r\nto there\r\n"));
}

TEST_F(DeliverCommand, LeavesOctetsAloneWhereAsked) {
  EXPECT_EQ(run({"deliver", "ann", "--verbatim"}, "From x\na\n\nb"), exit_code::ok);
  EXPECT_THAT(inbox("ann"), EndsWith("+0000\r\nFrom x\na\n\nb"));
}

TEST_F(DeliverCommand, SaysWhomItDoesNotKnow) {
  EXPECT_EQ(run({"deliver", "nobody", "ann", "-f", ""}, "a\n"), exit_code::no_user);
  EXPECT_THAT(err(), HasSubstr("<nobody>: 550 5.1.1 No such user here"));
  EXPECT_THAT(inbox("ann"), StartsWith("Return-Path: <>\r\n"));  // the others have it
  EXPECT_EQ(run({"deliver", "a b"}, "a\n"), exit_code::no_user);
}

TEST_F(DeliverCommand, RefusesWhatIsTooBig) {
  EXPECT_EQ(run({"deliver", "ann"}, std::string(2000, 'x')), exit_code::cannot_create);
  EXPECT_EQ(inbox("ann"), "");
}

TEST_F(DeliverCommand, WantsItTriedAgainWhereTheMachineFails) {
  config_.data_dir = directory_ / "nowhere";
  EXPECT_EQ(run({"deliver", "ann"}, "a\n"), exit_code::temporary_failure);
}

TEST_F(DeliverCommand, FailingForNowOutweighsFailingForGood) {
  std::filesystem::path file;
  {
    const auto store = store::Store::open(config_.data_dir);
    const auto id = store->find_account("bob")->id.value;
    file = config_.data_dir / "accounts" / std::to_string(id) / "mail.db";
  }
  std::ofstream(file, std::ios::binary) << "this is no database, whatever its name may say";
  EXPECT_EQ(run({"deliver", "nobody", "bob", "nobody"}, "a\n"), exit_code::temporary_failure)
      << err();
}

TEST_F(DeliverCommand, FollowsAliases) {
  EXPECT_EQ(run({"alias", "add", "Info@test.example", "ann", "bob"}), exit_code::ok);
  EXPECT_EQ(run({"alias", "add", "info@test.example", "ann"}), exit_code::failed);
  EXPECT_EQ(run({"domain", "add", "Test.Example"}), exit_code::ok);
  EXPECT_EQ(run({"alias", "list"}), exit_code::ok);
  EXPECT_EQ(out(), "info@test.example ann\ninfo@test.example bob\n");
  EXPECT_EQ(run({"domain", "list"}), exit_code::ok);
  EXPECT_EQ(out(), "test.example\n");
  EXPECT_EQ(run({"deliver", "info@test.example"}, "a\n"), exit_code::ok);
  EXPECT_NE(inbox("bob"), "");
  EXPECT_EQ(run({"deliver", "ann@other.example"}, "a\n"), exit_code::no_user);
  EXPECT_EQ(run({"alias", "remove", "info@test.example", "bob"}), exit_code::ok);
  EXPECT_EQ(run({"alias", "remove", "info@test.example"}), exit_code::ok);
  EXPECT_EQ(run({"alias", "remove", "info@test.example"}), exit_code::failed);
  EXPECT_EQ(run({"domain", "remove", "test.example"}), exit_code::ok);
  EXPECT_EQ(run({"alias", "add", "a b", "ann"}), exit_code::failed);
  EXPECT_EQ(run({"alias", "add", "ann"}), exit_code::usage);
}

TEST_F(DeliverCommand, WantsARecipient) {
  EXPECT_EQ(run({"deliver"}, "a\n"), exit_code::usage);
}

}  // namespace
}  // namespace mailkeep::server
