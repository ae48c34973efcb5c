#include "store/annotation.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class AnnotationsTest : public StoreTest {
 protected:
  StoreResult<void> set(MailboxId mailbox, std::string entry, std::optional<std::string> value) {
    const AnnotationChange change{std::move(entry), std::move(value)};
    return account_->annotate(mailbox, {&change, 1});
  }
  std::string list(MailboxId mailbox, const AnnotationQuery& query) {
    std::string text;
    const Annotations found = must(account_->annotations(mailbox, query));
    for (const Annotation& entry : found.entries) text += entry.entry + "=" + entry.value + " ";
    return text;
  }
  std::string all(MailboxId mailbox) {
    return list(mailbox, {{"/private", "/shared"}, AnnotationDepth::infinity, {}});
  }
};

TEST_F(AnnotationsTest, AreSetFoundAndTakenAway) {
  const MailboxId inbox = id("INBOX");
  must(set(inbox, "/Private/Comment", "one"));
  must(set(inbox, "/shared/comment", std::string("\0two", 4)));
  EXPECT_EQ(list(inbox, {{"/private/COMMENT"}, AnnotationDepth::zero, {}}),
            "/private/comment=one ");
  must(set(inbox, "/private/comment", "new"));
  EXPECT_EQ(all(inbox), "/private/comment=new /shared/comment=" + std::string("\0two ", 5));
  must(set(inbox, "/private/comment", std::nullopt));
  must(set(inbox, "/private/comment", std::nullopt));
  EXPECT_EQ(all(inbox), "/shared/comment=" + std::string("\0two ", 5));
  EXPECT_EQ(all(MailboxId{0}), "");
  must(set(MailboxId{0}, "/shared/admin", "mailto:x"));
  EXPECT_EQ(all(MailboxId{0}), "/shared/admin=mailto:x ");
  EXPECT_EQ(set(MailboxId{99}, "/shared/x", "y").error(), StoreError::no_such_mailbox);
  EXPECT_EQ(account_->annotations(MailboxId{99}, {}).error(), StoreError::no_such_mailbox);
}

TEST_F(AnnotationsTest, DepthSaysHowFarBelow) {
  const MailboxId inbox = id("INBOX");
  for (const char* entry : {"/shared/a", "/shared/a/b", "/shared/a/b/c", "/shared/ab"}) {
    must(set(inbox, entry, "x"));
  }
  auto at = [&](AnnotationDepth depth) { return list(inbox, {{"/shared/a"}, depth, {}}); };
  EXPECT_EQ(at(AnnotationDepth::zero), "/shared/a=x ");
  EXPECT_EQ(at(AnnotationDepth::one), "/shared/a=x /shared/a/b=x ");
  EXPECT_EQ(at(AnnotationDepth::infinity), "/shared/a=x /shared/a/b=x /shared/a/b/c=x ");
}

TEST_F(AnnotationsTest, LongValuesAreLeftOutAndToldOf) {
  const MailboxId inbox = id("INBOX");
  must(set(inbox, "/shared/a", "12345"));
  must(set(inbox, "/shared/b", "1234567"));
  must(set(inbox, "/shared/c", "1"));
  const Annotations found =
      must(account_->annotations(inbox, {{"/shared"}, AnnotationDepth::infinity, 4}));
  EXPECT_EQ(found.entries.size(), 1U);
  EXPECT_EQ(found.longest_left_out, 7U);
}

TEST_F(AnnotationsTest, NamesThatAreNoneAreRefused) {
  for (const char* entry :
       {"", "comment", "/other/x", "/shared", "/shared/", "/shared//x", "/sharedx", "/shared/*",
        "/shared/%", "/shared/a\x7f", "/shared/\xc3\xa4", "/shared/a b"}) {
    EXPECT_EQ(set(MailboxId{0}, entry, "x").error(), StoreError::invalid_annotation) << entry;
  }
  const std::string longest = "/shared/" + std::string(kMaxAnnotationNameBytes - 8, 'a');
  must(set(MailboxId{0}, longest, "x"));
  EXPECT_EQ(set(MailboxId{0}, longest + "a", "x").error(), StoreError::invalid_annotation);
}

TEST_F(AnnotationsTest, LimitsHoldAndNothingIsChangedHalfway) {
  must(set(id("INBOX"), "/shared/big", std::string(kMaxAnnotationBytes, 'x')));
  EXPECT_EQ(set(id("INBOX"), "/shared/big", std::string(kMaxAnnotationBytes + 1, 'x')).error(),
            StoreError::annotation_too_big);
  std::vector<AnnotationChange> changes;
  for (std::size_t i = 1; i < kMaxAnnotations; ++i) {
    changes.push_back({"/shared/" + std::to_string(i), "x"});
  }
  must(account_->annotate(MailboxId{0}, changes));
  EXPECT_EQ(set(id("Sent"), "/shared/more", "x").error(), StoreError::too_many_annotations);
  changes = {{"/shared/1", "other"}, {"/shared/new", "x"}};
  EXPECT_EQ(account_->annotate(MailboxId{0}, changes).error(), StoreError::too_many_annotations);
  EXPECT_EQ(list(MailboxId{0}, {{"/shared/1"}, AnnotationDepth::zero, {}}), "/shared/1=x ");
  must(set(id("INBOX"), "/shared/big", std::nullopt));
  must(set(id("Sent"), "/shared/more", "x"));
}

TEST_F(AnnotationsTest, MoveWithTheMailboxAndGoWithIt) {
  must(account_->create_mailbox("a/b"));
  must(set(id("a/b"), "/shared/x", "y"));
  must(account_->rename_mailbox("a", "c"));
  EXPECT_EQ(all(id("c/b")), "/shared/x=y ");
  must(account_->delete_mailbox("c/b"));
  must(account_->create_mailbox("c/b"));
  EXPECT_EQ(all(id("c/b")), "");
  must(set(id("INBOX"), "/shared/x", "inbox"));
  must(account_->rename_mailbox("INBOX", "old"));
  EXPECT_EQ(all(id("INBOX")), "/shared/x=inbox ");
  expect_clean();
}

}  // namespace
}  // namespace mailkeep::store
