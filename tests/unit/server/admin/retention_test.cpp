// `mailkeep undelete` and `mailkeep mailbox expire`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/exit_code.h"
#include "tests/unit/server/admin/admin_fixture.h"

namespace mailkeep::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class UndeleteTest : public AdminTest {
 protected:
  UndeleteTest() {
    config_.keep_removed = std::chrono::hours(24);
    add_account("ann");
    deliver("ann", "INBOX",
            {"Subject: =?utf-8?Q?one_=1B?=\r\nFrom: bob\r\n\r\n", "Subject: two\r\n\r\n"});
    deliver("ann", "Old", {"Subject: three\r\n\r\n"});
    store::StoreOptions options;
    options.keep_removed = std::chrono::hours(24);
    const auto store = store::Store::open(config_.data_dir, options);
    const auto account = store->open_account("ann").value();
    account->expunge(account->mailbox("INBOX")->id, store::UidSet({1, 2})).value();
    account->delete_mailbox("Old").value();
  }
};

TEST_F(UndeleteTest, ListsAndRestores) {
  EXPECT_EQ(run({"undelete", "list", "ann"}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("INBOX: 2 messages ("));
  EXPECT_THAT(out(), HasSubstr("Old (deleted): 1 messages ("));
  EXPECT_EQ(run({"undelete", "list", "ann", "--mailbox", "inbox"}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("bob  one  \n")) << "nothing that a terminal would obey";
  EXPECT_EQ(run({"undelete", "restore", "ann", "--mailbox", "INBOX", "--messages", "2"}),
            exit_code::ok)
      << err();
  EXPECT_THAT(octets("ann"), ElementsAre("Subject: two\r\n\r\n"));
  EXPECT_EQ(run({"undelete", "restore", "ann", "--all", "--since", "1h"}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("Restored 1 messages (18 octets) into Old\n"));
  EXPECT_EQ(octets("ann").size(), 2U);
  EXPECT_EQ(octets("ann", "Old").size(), 1U);
  EXPECT_EQ(run({"undelete", "restore", "ann", "--all"}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("there is nothing to restore"));
}

TEST_F(UndeleteTest, SaysWhatMakesNoSense) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                {"--all", "--mailbox", "x"},
                                                {"--all", "--messages", "1"},
                                                {"--mailbox", "x", "--messages", "1,x"},
                                                {"--all", "--since", "x"}}) {
    std::vector<std::string> all{"undelete", "restore", "ann"};
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_EQ(run(all), exit_code::usage) << out();
  }
}

TEST_F(UndeleteTest, ExpiryIsSetAndTold) {
  EXPECT_EQ(run({"mailbox", "expire", "ann", "Trash"}), exit_code::ok) << err();
  EXPECT_EQ(out(), "Trash: as the settings say\n");
  EXPECT_EQ(run({"mailbox", "expire", "ann", "Trash", "30d"}), exit_code::ok) << err();
  EXPECT_EQ(out(), "Trash: 30d\n");
  EXPECT_EQ(run({"mailbox", "expire", "ann", "Trash", "default"}), exit_code::ok) << err();
  EXPECT_EQ(out(), "Trash: as the settings say\n");
  EXPECT_EQ(run({"mailbox", "expire", "ann", "Trash", "soon"}), exit_code::usage);
  EXPECT_EQ(run({"mailbox", "expire", "ann", "None", "1d"}), exit_code::failed);
}

}  // namespace
}  // namespace mailkeep::server
