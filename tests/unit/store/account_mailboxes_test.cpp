#include <algorithm>
#include <set>

#include "store/mailbox_name.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class MailboxesTest : public StoreTest {
 protected:
  std::vector<std::string> names() {
    std::vector<std::string> list;
    for (const MailboxInfo& info : must(account_->mailboxes())) list.push_back(info.name);
    return list;
  }
  bool has(std::string_view name) { return account_->mailbox(name).has_value(); }
};

TEST_F(MailboxesTest, NewAccountHasTheUsualOnes) {
  auto list = must(account_->mailboxes());
  std::vector<std::pair<std::string, SpecialUse>> found;
  for (const MailboxInfo& info : list) {
    found.emplace_back(info.name, info.special_use);
    EXPECT_TRUE(info.subscribed);
    EXPECT_TRUE(info.selectable);
    EXPECT_FALSE(info.has_children);
    EXPECT_NE(info.keywords, nullptr);
    EXPECT_GT(info.uid_validity, 0U);
  }
  EXPECT_EQ(found,
            (std::vector<std::pair<std::string, SpecialUse>>{{"INBOX", SpecialUse::none},
                                                             {"Archive", SpecialUse::archive},
                                                             {"Drafts", SpecialUse::drafts},
                                                             {"Junk", SpecialUse::junk},
                                                             {"Sent", SpecialUse::sent},
                                                             {"Trash", SpecialUse::trash}}));
}

TEST_F(MailboxesTest, CreateMakesParentsToo) {
  MailboxInfo made = must(account_->create_mailbox("a/b/c", SpecialUse::flagged));
  EXPECT_EQ(made.name, "a/b/c");
  EXPECT_EQ(made.special_use, SpecialUse::flagged);
  EXPECT_FALSE(made.subscribed);
  EXPECT_TRUE(info("a").has_children);
  EXPECT_TRUE(info("a/b").selectable);
  EXPECT_EQ(account_->create_mailbox("a/b").error(), StoreError::mailbox_exists);
  EXPECT_EQ(account_->create_mailbox("inbox").error(), StoreError::mailbox_exists);
  EXPECT_EQ(account_->create_mailbox("a//b").error(), StoreError::invalid_mailbox_name);
  EXPECT_EQ(account_->mailbox("a/x").error(), StoreError::no_such_mailbox);
}

TEST_F(MailboxesTest, UidValidityIsNeverUsedTwice) {
  std::vector<std::uint32_t> seen;
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 5; ++i) {
    MailboxInfo made = must(account_->create_mailbox("again"));
    seen.push_back(made.uid_validity);
    ids.push_back(made.id.value);
    must(account_->delete_mailbox("again"));
    if (i == 2) reopen();
  }
  EXPECT_EQ(std::set<std::uint32_t>(seen.begin(), seen.end()).size(), 5U);
  EXPECT_EQ(std::set<std::int64_t>(ids.begin(), ids.end()).size(), 5U);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST_F(MailboxesTest, DeletedParentStaysForItsChildren) {
  must(account_->create_mailbox("a/b"));
  append("a", test_message(1));
  const MailboxInfo before = info("a");
  must(account_->delete_mailbox("a"));
  MailboxInfo after = info("a");
  EXPECT_FALSE(after.selectable);
  EXPECT_EQ(after.messages, 0U);
  EXPECT_EQ(account_->snapshot(before.id).error(), StoreError::no_such_mailbox);
  EXPECT_EQ(account_->snapshot(after.id).error(), StoreError::no_such_mailbox);
  EXPECT_EQ(try_append("a", test_message(1)).error(), StoreError::mailbox_not_selectable);
  EXPECT_EQ(account_->delete_mailbox("a").error(), StoreError::mailbox_has_children);

  MailboxInfo again = must(account_->create_mailbox("a"));
  EXPECT_GT(again.uid_validity, before.uid_validity);
  EXPECT_TRUE(again.selectable);
  must(account_->delete_mailbox("a"));
  must(account_->delete_mailbox("a/b"));
  must(account_->delete_mailbox("a"));
  EXPECT_FALSE(has("a"));
  expect_clean();
}

TEST_F(MailboxesTest, InboxCannotBeDeleted) {
  EXPECT_EQ(account_->delete_mailbox("inbox").error(), StoreError::cannot_change_inbox);
  EXPECT_EQ(account_->delete_mailbox("nothing").error(), StoreError::no_such_mailbox);
}

TEST_F(MailboxesTest, RenameTakesChildrenAndMessagesAlong) {
  must(account_->create_mailbox("a/b/c"));
  must(account_->create_mailbox("ab"));
  Uid uid = append("a/b", test_message(7));
  const MailboxInfo before = info("a/b");
  must(account_->rename_mailbox("a", "x/y"));
  EXPECT_FALSE(has("a"));
  EXPECT_TRUE(has("x"));
  EXPECT_TRUE(has("x/y/b/c"));
  EXPECT_TRUE(has("ab"));
  const MailboxInfo after = info("x/y/b");
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.uid_validity, before.uid_validity);
  EXPECT_EQ(fetch(after.id).at(0).row.uid, uid);

  EXPECT_EQ(account_->rename_mailbox("x", "x/z").error(), StoreError::invalid_mailbox_name);
  EXPECT_EQ(account_->rename_mailbox("x", "ab").error(), StoreError::mailbox_exists);
  EXPECT_EQ(account_->rename_mailbox("x", "x").error(), StoreError::mailbox_exists);
  EXPECT_EQ(account_->rename_mailbox("q", "z").error(), StoreError::no_such_mailbox);
  std::string longest(kMaxMailboxNameBytes - 2, 'n');
  EXPECT_EQ(account_->rename_mailbox("x", longest).error(), StoreError::invalid_mailbox_name);
  EXPECT_TRUE(has("x/y/b/c"));
}

TEST_F(MailboxesTest, RenamingInboxMovesItsMessages) {
  must(account_->create_mailbox("INBOX/child"));
  append("INBOX", test_message(1), {flag::flagged, {"one", "two"}});
  append("INBOX", test_message(2), {0, {"two"}});
  const MailboxInfo before = info("INBOX");
  must(account_->rename_mailbox("INBOX", "old/mail"));

  const MailboxInfo inbox = info("INBOX");
  EXPECT_EQ(inbox.id, before.id);
  EXPECT_EQ(inbox.messages, 0U);
  EXPECT_EQ(inbox.uid_next, before.uid_next);
  EXPECT_GT(inbox.highest_modseq, before.highest_modseq);
  EXPECT_TRUE(has("INBOX/child"));
  const MailboxInfo moved = info("old/mail");
  EXPECT_EQ(moved.messages, 2U);
  EXPECT_EQ(*moved.keywords, (std::vector<std::string>{"one", "two"}));
  auto messages = fetch(moved.id);
  EXPECT_EQ(messages.at(0).row.flags, flag::flagged | FlagBits{3} << kFirstKeywordBit);
  EXPECT_EQ(messages.at(1).octets, test_message(2));
  auto changes = must(account_->changes_since(before.id, before.highest_modseq));
  EXPECT_EQ(changes.expunged, range(1, 2));
  expect_clean();
}

TEST_F(MailboxesTest, SubscriptionsOutliveMailboxes) {
  must(account_->create_mailbox("lists"));
  must(account_->subscribe("lists", true));
  must(account_->subscribe("lists", true));
  must(account_->subscribe("never/there", true));
  must(account_->subscribe("Junk", false));
  must(account_->subscribe("nothing", false));
  EXPECT_TRUE(info("lists").subscribed);
  must(account_->delete_mailbox("lists"));
  EXPECT_EQ(must(account_->subscriptions()),
            (std::vector<std::string>{"INBOX", "Archive", "Drafts", "Sent", "Trash", "lists",
                                      "never/there"}));
  EXPECT_FALSE(info("Junk").subscribed);
  EXPECT_EQ(account_->subscribe("a//b", true).error(), StoreError::invalid_mailbox_name);
}

TEST_F(MailboxesTest, TheirNumberHasALimit) {
  reopen({.max_mailboxes = 8});
  must(account_->create_mailbox("a"));
  EXPECT_EQ(account_->create_mailbox("b/c").error(), StoreError::too_many_mailboxes);
  EXPECT_FALSE(has("b"));
  must(account_->create_mailbox("b"));
  EXPECT_EQ(account_->create_mailbox("c").error(), StoreError::too_many_mailboxes);
  EXPECT_EQ(names().size(), 8U);
}

TEST_F(MailboxesTest, AreFoundByTheirNumberUnderAnyName) {
  const MailboxId id = must(account_->create_mailbox("a/b")).id;
  must(account_->subscribe("a/c", true));
  must(account_->rename_mailbox("a/b", "a/c"));
  const MailboxInfo found = must(account_->mailbox(id));
  EXPECT_EQ(found.name, "a/c");
  EXPECT_TRUE(found.subscribed);
  EXPECT_FALSE(found.has_children);
  must(account_->delete_mailbox("a/c"));
  EXPECT_EQ(account_->mailbox(id).error(), StoreError::no_such_mailbox);
}

}  // namespace
}  // namespace mailkeep::store
