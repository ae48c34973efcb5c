#include "store/mailbox_name.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace mailkeep::store {
namespace {

TEST(MailboxName, KeepsGoodNames) {
  for (std::string name : {"a", "a/b/c", "Entwürfe", "with space", "&", "a*b%c", "..", "~x"}) {
    auto kept = normalize_mailbox_name(name);
    ASSERT_TRUE(kept) << name;
    EXPECT_EQ(*kept, name);
  }
  EXPECT_TRUE(normalize_mailbox_name(std::string(kMaxMailboxNameBytes, 'x')));
}

TEST(MailboxName, RefusesBadNames) {
  for (std::string name :
       {"", "/", "/a", "a/", "a//b", "a\nb", "a\tb", "\x7f", "\xc2\x85", "\xff", "\xc3"}) {
    EXPECT_EQ(normalize_mailbox_name(name).error(), StoreError::invalid_mailbox_name) << name;
  }
  EXPECT_FALSE(normalize_mailbox_name(std::string("a\0b", 3)));
  EXPECT_FALSE(normalize_mailbox_name(std::string(kMaxMailboxNameBytes + 1, 'x')));
}

TEST(MailboxName, KnowsInboxInAnyCase) {
  EXPECT_EQ(*normalize_mailbox_name("inBox"), "INBOX");
  EXPECT_EQ(*normalize_mailbox_name("inbox/Lists"), "INBOX/Lists");
  EXPECT_EQ(*normalize_mailbox_name("inboxes"), "inboxes");
  EXPECT_EQ(*normalize_mailbox_name("a/inbox"), "a/inbox");
}

TEST(MailboxName, KnowsParents) {
  EXPECT_EQ(parents_of("a/b/c"), (std::vector<std::string>{"a", "a/b"}));
  EXPECT_TRUE(parents_of("a").empty());
  EXPECT_TRUE(is_below("a/b", "a"));
  EXPECT_FALSE(is_below("ab", "a"));
  EXPECT_FALSE(is_below("a", "a"));
}

TEST(MailboxName, ListsChildrenDirectlyBehindTheirParent) {
  std::vector<std::string> names = {"b", "a!", "a/b", "a", "INBOX/x", "A", "INBOX", "INBOX!"};
  std::ranges::sort(names, listed_before);
  EXPECT_EQ(names,
            (std::vector<std::string>{"INBOX", "INBOX/x", "A", "INBOX!", "a", "a/b", "a!", "b"}));
}

}  // namespace
}  // namespace mailkeep::store
