// An account as somebody else than its owner sees it.
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class ReaderTest : public StoreTest {
 protected:
  ReaderTest() : bert_(account_->for_reader("bert")), inbox_(id("INBOX")) {}

  static std::vector<std::uint32_t> seen_by(Account& account, MailboxId mailbox) {
    std::vector<std::uint32_t> uids;
    auto cursor = must(account.messages(mailbox, everything(), Detail::row));
    while (cursor->next()) {
      if ((cursor->row().flags & flag::seen) != 0) uids.push_back(cursor->row().uid.value);
    }
    return uids;
  }
  FlagChangeResult change_as(Account& account, const FlagChange& change) {
    auto results = account.change_flags(inbox_, {&change, 1});
    return must(std::move(results.at(0)));
  }
  using Uids = std::vector<std::uint32_t>;

  std::shared_ptr<Account> bert_;
  MailboxId inbox_;
};

TEST_F(ReaderTest, TheOwnerIsNoReader) {
  EXPECT_EQ(account_->for_reader("anna"), account_);
  EXPECT_EQ(bert_->for_reader("anna"), account_);
  EXPECT_EQ(bert_->name(), "anna");
}

TEST_F(ReaderTest, EachHasTheirOwnSeen) {
  append_many("INBOX", 4);
  change_as(*account_, {range(1, 2), FlagOperation::add, {flag::seen, {}}, {}});
  const FlagChangeResult result =
      change_as(*bert_, {range(2, 3), FlagOperation::add, {flag::seen | flag::flagged, {}}, {}});
  ASSERT_EQ(result.messages.size(), 2U);
  EXPECT_EQ(result.messages[1].flags, flag::seen | flag::flagged);
  EXPECT_EQ(seen_by(*account_, inbox_), (Uids{1, 2}));
  EXPECT_EQ(seen_by(*bert_, inbox_), (Uids{2, 3}));
  EXPECT_EQ(seen_by(*account_->for_reader("carl"), inbox_), Uids{});
  EXPECT_EQ(must(account_->mailbox("INBOX")).unseen, 2U);
  EXPECT_EQ(must(bert_->mailbox("INBOX")).unseen, 2U);
  EXPECT_EQ(must(bert_->snapshot(inbox_)).info.unseen, 2U);
  EXPECT_EQ(must(bert_->first_unseen(inbox_)), Uid{1});
  EXPECT_EQ(must(account_->first_unseen(inbox_)), Uid{3});
  EXPECT_EQ(must(bert_->search(inbox_, {SearchFlags{flag::seen, 0}})), range(2, 3));
  EXPECT_EQ(must(bert_->search(inbox_, {SearchFlags{flag::flagged, flag::seen}})), UidSet());
  // Replacing flags touches the own \Seen only.
  change_as(*bert_, {range(1, 4), FlagOperation::replace, {flag::answered, {}}, {}});
  EXPECT_EQ(seen_by(*bert_, inbox_), Uids{});
  EXPECT_EQ(seen_by(*account_, inbox_), (Uids{1, 2}));
  EXPECT_EQ(fetch(inbox_).at(0).row.flags, flag::seen | flag::answered);
  change_as(*bert_, {everything(), FlagOperation::add, {flag::seen, {}}, {}});
  EXPECT_EQ(bert_->first_unseen(inbox_).error(), StoreError::message_gone);
  change_as(*bert_, {range(2, 2), FlagOperation::remove, {flag::seen, {}}, {}});
  reopen();
  EXPECT_EQ(seen_by(*account_->for_reader("bert"), inbox_), (Uids{1, 3, 4}));
  expect_clean();
}

TEST_F(ReaderTest, ChangesOfSeenAreToldToTheReader) {
  append_many("INBOX", 5);
  const Modseq before = info("INBOX").highest_modseq;
  const FlagChangeResult result =
      change_as(*bert_, {range(2, 3), FlagOperation::add, {flag::seen, {}}, {}});
  EXPECT_EQ(result.modseq.value, before.value + 1);
  EXPECT_EQ(info("INBOX").highest_modseq, result.modseq);
  const Changes changes = must(bert_->changes_since(inbox_, before));
  ASSERT_EQ(changes.changed.size(), 2U);
  EXPECT_EQ(changes.changed[0].uid, Uid{2});
  EXPECT_EQ(changes.changed[0].flags, flag::seen);
  EXPECT_EQ(changes.changed[0].modseq, result.modseq);
  EXPECT_TRUE(must(account_->changes_since(inbox_, before)).changed.empty());
  EXPECT_TRUE(must(bert_->changes_since(inbox_, result.modseq)).changed.empty());
  // The owner's \Seen is no news in the reader's flags; other flags are.
  change_as(*account_, {range(5, 5), FlagOperation::add, {flag::flagged | flag::seen, {}}, {}});
  const Changes later = must(bert_->changes_since(inbox_, before));
  ASSERT_EQ(later.changed.size(), 3U);
  EXPECT_EQ(later.changed[2].flags, flag::flagged);
  auto cursor = must(bert_->messages(inbox_, range(3, 3), Detail::row));
  ASSERT_TRUE(cursor->next());
  EXPECT_EQ(cursor->row().modseq, result.modseq);
  cursor.reset();
  // UNCHANGEDSINCE looks at what the reader sees.
  const FlagChangeResult refused =
      change_as(*bert_, {range(1, 3), FlagOperation::add, {flag::answered, {}}, before});
  EXPECT_EQ(refused.modified, range(2, 3));
  EXPECT_EQ(refused.messages.size(), 1U);
  EXPECT_EQ(fetch(inbox_).at(1).row.flags, 0U);
  expect_clean();
}

TEST_F(ReaderTest, ManyChangesStayFew) {
  append_many("INBOX", 50);
  const Modseq before = info("INBOX").highest_modseq;
  std::vector<FlagChange> changes;
  for (std::uint32_t i = 0; i < 1200; ++i) {
    changes.push_back({range(1 + i % 40, 1 + i % 40),
                       i / 40 % 2 == 0 ? FlagOperation::add : FlagOperation::remove,
                       {flag::seen, {}},
                       {}});
  }
  bert_->change_flags(inbox_, changes);
  EXPECT_TRUE(seen_by(*bert_, inbox_).empty());
  EXPECT_GE(must(bert_->changes_since(inbox_, before)).changed.size(), 40U);
  EXPECT_EQ(must(bert_->changes_since(inbox_, Modseq{before.value + 1199})).changed.size(), 1U);
  sqlite::Database database(account_file(), sqlite::Open::existing);
  EXPECT_LE(database.integer("SELECT count(*) FROM reader_changed"), 1024);
  expect_clean();
}

TEST_F(ReaderTest, SeenComesAlongWithMessages) {
  std::vector<NewMessage> messages;
  messages.push_back(make_message("a", {flag::seen | flag::draft, {}}));
  messages.push_back(make_message("b"));
  must(bert_->append("INBOX", std::move(messages)));
  EXPECT_EQ(seen_by(*bert_, inbox_), Uids{1});
  EXPECT_EQ(seen_by(*account_, inbox_), Uids{});
  EXPECT_EQ(fetch(inbox_).at(0).row.flags, flag::draft);
  must(bert_->copy(inbox_, everything(), "Archive"));
  EXPECT_EQ(seen_by(*bert_, id("Archive")), Uids{1});
  must(bert_->move(inbox_, range(1, 1), "Trash"));
  EXPECT_EQ(seen_by(*bert_, id("Trash")), Uids{1});
  must(bert_->replace(inbox_, Uid{2}, "INBOX", make_message("c", {flag::seen, {}})));
  EXPECT_EQ(seen_by(*bert_, inbox_), Uids{3});
  EXPECT_EQ(must(bert_->claim_recent(inbox_, Uid{4})), Uid{4});
  EXPECT_EQ(must(account_->claim_recent(inbox_, Uid{4})), Uid{1});
  must(account_->delete_mailbox("Trash"));
  expect_clean();
}

// Nobody sees the messages without the reader's marks in between: it is one change.
TEST_F(ReaderTest, SeenComesInTheSameChange) {
  std::vector<std::pair<Modseq, std::size_t>> states;
  const Watch watch = account_->watch(inbox_, [&] {
    states.emplace_back(account_->latest_modseq(inbox_), seen_by(*bert_, inbox_).size());
  });
  std::vector<NewMessage> messages;
  messages.push_back(make_message("a", {flag::seen, {}}));
  must(bert_->append("INBOX", std::move(messages)));
  must(bert_->copy(inbox_, everything(), "INBOX"));
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0].second, 1U);
  EXPECT_EQ(states[1].second, 2U);
  EXPECT_EQ(info("INBOX").highest_modseq, states[1].first);
}

TEST_F(ReaderTest, EachHasTheirOwnKeysOfUrls) {
  EXPECT_EQ(must(account_->url_key(inbox_, UrlKey::find)), "");
  const std::string key = must(account_->url_key(inbox_, UrlKey::make));
  EXPECT_EQ(key.size(), 32U);
  EXPECT_EQ(must(account_->url_key(inbox_, UrlKey::make)), key);
  EXPECT_EQ(must(account_->url_key(inbox_, UrlKey::find)), key);
  const std::string berts = must(bert_->url_key(inbox_, UrlKey::make));
  EXPECT_NE(berts, key);
  EXPECT_NE(must(account_->url_key(id("Archive"), UrlKey::make)), key);
  const std::string renewed = must(account_->url_key(inbox_, UrlKey::renew));
  EXPECT_NE(renewed, key);
  must(account_->remove_url_keys());
  EXPECT_EQ(must(account_->url_key(inbox_, UrlKey::find)), "");
  EXPECT_EQ(must(bert_->url_key(inbox_, UrlKey::find)), berts);
  must(account_->url_key(id("Trash"), UrlKey::make));
  must(account_->delete_mailbox("Trash"));
  EXPECT_EQ(account_->url_key(MailboxId{99}, UrlKey::make).error(), StoreError::no_such_mailbox);
  expect_clean();
}

TEST_F(ReaderTest, PrivateAnnotationsAreTheReaders) {
  const std::vector<AnnotationChange> notes{{"/private/comment", "bert's"}, {"/shared/x", "all"}};
  must(bert_->annotate(inbox_, notes));
  const AnnotationQuery query{{"/private", "/shared"}, AnnotationDepth::infinity, {}};
  EXPECT_EQ(must(bert_->annotations(inbox_, query)).entries.size(), 2U);
  const Annotations owners = must(account_->annotations(inbox_, query));
  ASSERT_EQ(owners.entries.size(), 1U);
  EXPECT_EQ(owners.entries[0].entry, "/shared/x");
}

}  // namespace
}  // namespace mailkeep::store
