// Watching a whole account.
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class WatchAccountTest : public StoreTest {
 protected:
  WatchAccountTest() {
    watch_ = account_->watch_account([this](const MailboxEvent& event) {
      static constexpr const char* kKinds[] = {"messages", "created",      "deleted",
                                               "renamed",  "subscription", "annotation",
                                               "access",   "attributes"};
      told_ += kKinds[static_cast<int>(event.kind)];
      if (!event.name.empty()) told_ += " " + event.name;
      if (!event.old_name.empty()) told_ += " from " + event.old_name;
      if (event.kind == MailboxEvent::Kind::subscription)
        told_ += event.subscribed ? " on" : " off";
      if (event.kind == MailboxEvent::Kind::messages) {
        told_ += " " + std::to_string(event.mailbox.value);
      }
      told_ += "; ";
    });
  }
  std::string told() { return std::exchange(told_, {}); }

  std::string told_;
  Watch watch_;
};

TEST_F(WatchAccountTest, IsToldOfEverythingThatHappens) {
  append_many("INBOX", 3);
  EXPECT_EQ(told(), "messages 1; ");
  must(account_->move(id("INBOX"), range(1, 1), "Archive"));
  EXPECT_EQ(told(), "messages 1; messages 2; ");
  change(id("INBOX"), {range(2, 2), FlagOperation::add, {flag::seen, {}}, {}});
  EXPECT_EQ(told(), "messages 1; ");
  change(id("INBOX"), {range(2, 2), FlagOperation::add, {flag::seen, {}}, {}});
  EXPECT_EQ(told(), "");
  must(account_->create_mailbox("a/b"));
  EXPECT_EQ(told(), "messages 7; messages 8; created a; created a/b; ");
  must(account_->rename_mailbox("a", "c"));
  EXPECT_EQ(told(), "renamed c from a; renamed c/b from a/b; ");
  must(account_->delete_mailbox("c/b"));
  EXPECT_EQ(told(), "deleted c/b; ");
  must(account_->subscribe("c", true));
  must(account_->subscribe("c", false));
  EXPECT_EQ(told(), "subscription c on; subscription c off; ");
  const AnnotationChange note{"/shared/x", "y"};
  must(account_->annotate(id("c"), {&note, 1}));
  must(account_->set_access(id("c"), "bert", "lr"));
  must(account_->set_special_use("c", SpecialUse::important));
  EXPECT_EQ(told(), "annotation; access; attributes c; ");
  EXPECT_EQ(info("c").special_use, SpecialUse::important);
  EXPECT_EQ(account_->set_special_use("nowhere", SpecialUse::junk).error(),
            StoreError::no_such_mailbox);
  EXPECT_EQ(account_->create_mailbox("c").error(), StoreError::mailbox_exists);
  EXPECT_EQ(told(), "");
  watch_.stop();
  append_many("INBOX", 1);
  EXPECT_EQ(told(), "");
}

TEST_F(WatchAccountTest, IsToldWhoseChangesTheyAre) {
  std::vector<Origin> origins;
  std::vector<std::string> entries;
  const Watch watch = account_->watch_account([&](const MailboxEvent& event) {
    origins.push_back(event.origin);
    for (const std::string& entry : event.entries) entries.push_back(event.reader + entry);
  });
  const Origin mine = new_origin();
  EXPECT_NE(new_origin(), mine);
  append_many("INBOX", 1);
  {
    const OriginScope scope(mine);
    append_many("INBOX", 1);
    must(account_->subscribe("INBOX", true));
  }
  const AnnotationChange notes[] = {{"/private/X", "y"}, {"/shared/y", "z"}};
  must(account_->for_reader("bert")->annotate(id("INBOX"), notes));
  EXPECT_EQ(origins, (std::vector<Origin>{kNoOrigin, mine, mine, kNoOrigin}));
  EXPECT_EQ(entries, (std::vector<std::string>{"bert/private/x", "bert/shared/y"}));
}

TEST_F(WatchAccountTest, ModseqsOfAllMailboxesAreOneRead) {
  append_many("INBOX", 3);
  const auto modseqs = must(account_->latest_modseqs());
  ASSERT_EQ(modseqs.size(), 6U);
  for (const auto& [mailbox, modseq] : modseqs) {
    EXPECT_EQ(modseq.value, mailbox == id("INBOX") ? 2U : 1U);
    EXPECT_EQ(account_->latest_modseq(mailbox), modseq);
  }
}

TEST_F(WatchAccountTest, ChangesOfOtherProcessesAreNoticed) {
  must(account_->latest_modseqs());
  auto other = Store::open(directory_.path());
  auto account = must(other->open_account("anna"));
  NewMessage message{account->begin_upload(), {}, {0, 0}};
  message.upload.write("x");
  std::vector<NewMessage> messages;
  messages.push_back(std::move(message));
  must(account->append("Sent", std::move(messages)));
  EXPECT_EQ(told(), "");
  store_->maintain();
  EXPECT_EQ(told(), "messages " + std::to_string(id("Sent").value) + "; ");
}

}  // namespace
}  // namespace mailkeep::store
