#include "store/access.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class AccessTest : public StoreTest {
 protected:
  using Entries = std::vector<AccessEntry>;
  Entries entries(std::string_view mailbox) { return must(account_->access(id(mailbox))); }
  StoreResult<void> set(std::string_view mailbox, std::string_view who, std::string_view rights) {
    return account_->set_access(id(mailbox), who, rights);
  }
  std::vector<MailboxId> shared_with(std::string_view reader) {
    std::vector<MailboxId> mailboxes;
    for (const SharedMailbox& shared : store_->shared_with(reader)) {
      EXPECT_EQ(shared.owner_name, "anna");
      EXPECT_EQ(shared.owner, account_->id());
      mailboxes.push_back(shared.mailbox);
    }
    return mailboxes;
  }
};

TEST_F(AccessTest, EntriesAreSetReplacedAndTakenAway) {
  must(set("INBOX", "bert", "lrlr"));
  must(set("INBOX", "-carl", "w"));
  EXPECT_EQ(entries("INBOX"), (Entries{{"-carl", "w"}, {"bert", "lr"}}));
  must(set("INBOX", "bert", "l"));
  must(set("INBOX", "-carl", ""));
  must(set("INBOX", "nobody", ""));
  EXPECT_EQ(entries("INBOX"), (Entries{{"bert", "l"}}));
  EXPECT_EQ(account_->access(MailboxId{99}).error(), StoreError::no_such_mailbox);
  EXPECT_EQ(account_->set_access(MailboxId{99}, "bert", "l").error(), StoreError::no_such_mailbox);
}

TEST_F(AccessTest, WhatCannotBeRightsOrSomebodyIsRefused) {
  for (const char* who : {"", "-", "a\nb", "\xff"}) {
    EXPECT_EQ(set("INBOX", who, "l").error(), StoreError::invalid_rights);
  }
  EXPECT_EQ(set("INBOX", std::string(kMaxIdentifierBytes + 1, 'a'), "l").error(),
            StoreError::invalid_rights);
  for (const char* rights : {"L", "l r", "+l", "\xc3\xa4"}) {
    EXPECT_EQ(set("INBOX", "bert", rights).error(), StoreError::invalid_rights);
  }
}

TEST_F(AccessTest, ThereIsALimitOfEntries) {
  for (std::size_t i = 0; i < kMaxAccessEntries; ++i) {
    must(set("INBOX", "-user" + std::to_string(i), "l"));
  }
  EXPECT_EQ(set("INBOX", "bert", "l").error(), StoreError::too_many_rights);
  must(set("INBOX", "-user1", "lr"));
  EXPECT_EQ(entries("INBOX").size(), kMaxAccessEntries);
}

TEST_F(AccessTest, RightsAreThoseOfAllEntriesWithoutThoseTakenAway) {
  const Entries list{{"anyone", "lr"}, {"bert", "ws"}, {"-bert", "r"}, {"carl", "a"}};
  EXPECT_EQ(effective_rights(list, "bert"), "lws");
  EXPECT_EQ(effective_rights(list, "carl"), "lra");
  EXPECT_EQ(effective_rights(list, "dora"), "lr");
  EXPECT_EQ(effective_rights({}, "dora"), "");
}

TEST_F(AccessTest, TheDirectoryKnowsWhatIsSharedWithWhom) {
  must(store_->create_account("bert", test_password()));
  EXPECT_TRUE(shared_with("bert").empty());
  must(set("INBOX", "bert", "lr"));
  must(set("Sent", "anyone", "l"));
  must(set("Trash", "-bert", "l"));
  EXPECT_EQ(shared_with("bert"), (std::vector<MailboxId>{id("INBOX"), id("Sent")}));
  EXPECT_EQ(shared_with("carl"), (std::vector<MailboxId>{id("Sent")}));
  EXPECT_TRUE(shared_with("anna").empty());
  must(set("INBOX", "bert", ""));
  reopen();
  EXPECT_EQ(shared_with("bert"), (std::vector<MailboxId>{id("Sent")}));
  must(store_->remove_account("anna"));
  EXPECT_TRUE(store_->shared_with("carl").empty());
}

TEST_F(AccessTest, ANameThatIsUsedAgainHasNoRightsFromBefore) {
  must(store_->create_account("bert", test_password()));
  must(set("INBOX", "bert", "lr"));
  must(set("INBOX", "carl", "lr"));
  must(store_->remove_account("bert"));
  must(store_->create_account("bert", test_password()));
  EXPECT_EQ(entries("INBOX"), (Entries{{"carl", "lr"}}));
  EXPECT_TRUE(shared_with("bert").empty());
}

TEST_F(AccessTest, NewMailboxesHaveTheRightsOfTheOneAbove) {
  must(account_->create_mailbox("team"));
  must(set("team", "bert", "lr"));
  must(account_->create_mailbox("team/a/b"));
  EXPECT_EQ(entries("team/a/b"), (Entries{{"bert", "lr"}}));
  EXPECT_EQ(shared_with("bert").size(), 3U);
  must(account_->rename_mailbox("team/a", "mine"));
  EXPECT_EQ(entries("mine/b"), (Entries{{"bert", "lr"}}));
  must(account_->delete_mailbox("mine/b"));
  must(account_->create_mailbox("mine/b"));
  must(set("mine", "bert", ""));
  must(set("mine/b", "bert", ""));
  EXPECT_EQ(shared_with("bert"), (std::vector<MailboxId>{id("team")}));
  expect_clean();
}

}  // namespace
}  // namespace mailkeep::store
