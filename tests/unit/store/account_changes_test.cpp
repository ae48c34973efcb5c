#include <atomic>
#include <map>
#include <random>

#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

class ChangesTest : public StoreTest {
 protected:
  ChangesTest() : inbox_(id("INBOX")) {}
  Modseq highest() { return info("INBOX").highest_modseq; }
  Changes since(Modseq modseq) { return must(account_->changes_since(inbox_, modseq)); }
  void flag_one(std::uint32_t uid, FlagOperation operation = FlagOperation::add) {
    change(inbox_, {range(uid, uid), operation, {flag::flagged, {}}, {}});
  }
  MailboxId inbox_;
};

TEST_F(ChangesTest, TellsNewChangedAndExpungedMessages) {
  append_many("INBOX", 5);
  const Modseq mark = highest();
  EXPECT_TRUE(since(mark).changed.empty());
  flag_one(2);
  must(account_->expunge(inbox_, range(4, 4)));
  append("INBOX", "new", {0, {"word"}});
  Changes changes = since(mark);
  EXPECT_EQ(changes.highest_modseq.value, mark.value + 3);
  EXPECT_EQ(changes.uid_next, Uid{7});
  EXPECT_EQ(changes.expunged, range(4, 4));
  ASSERT_EQ(changes.changed.size(), 2U);
  EXPECT_EQ(changes.changed[0].uid, Uid{2});
  EXPECT_EQ(changes.changed[0].flags, flag::flagged);
  EXPECT_EQ(changes.changed[0].modseq.value, mark.value + 1);
  EXPECT_EQ(changes.changed[1].uid, Uid{6});
  EXPECT_EQ(*changes.keywords, std::vector<std::string>{"word"});
  EXPECT_EQ(since(Modseq{0}).changed.size(), 5U);
  EXPECT_EQ(account_->changes_since(MailboxId{99}, mark).error(), StoreError::no_such_mailbox);
}

TEST_F(ChangesTest, ChangesOlderThanTheListOfThemAreFoundToo) {
  append_many("INBOX", 3);
  const Modseq early = highest();
  flag_one(1);
  std::vector<FlagChange> flips;
  for (int i = 0; i < 1000; ++i) {
    flips.push_back({range(2, 2),
                     i % 2 == 0 ? FlagOperation::add : FlagOperation::remove,
                     {flag::seen, {}},
                     {}});
  }
  for (int i = 0; i < 25; ++i) account_->change_flags(inbox_, flips);
  sqlite::Database database(account_file(), sqlite::Open::existing);
  EXPECT_LT(database.integer("SELECT count(*) FROM changed"), 21'000);
  EXPECT_GT(database.integer("SELECT changes_after FROM mailbox WHERE name = 'INBOX'"),
            static_cast<std::int64_t>(early.value));
  Changes changes = since(early);
  ASSERT_EQ(changes.changed.size(), 2U);
  EXPECT_EQ(changes.changed[0].uid, Uid{1});
  EXPECT_EQ(changes.changed[1].modseq, highest());
  EXPECT_EQ(since(Modseq{highest().value - 1}).changed.size(), 1U);
  expect_clean();
}

TEST_F(ChangesTest, ScatteredChangesAreFoundWhole) {
  append_many("INBOX", 400);
  const Modseq mark = highest();
  UidSet odd;
  for (std::uint32_t uid = 1; uid <= 400; uid += 2) odd.add(Uid{uid});
  change(inbox_, {odd, FlagOperation::add, {flag::answered, {}}, {}});
  Changes changes = since(mark);
  ASSERT_EQ(changes.changed.size(), 200U);
  for (const FlagRow& row : changes.changed) EXPECT_EQ(row.uid.value % 2, 1U);
  sqlite::Database database(account_file(), sqlite::Open::existing);
  EXPECT_LE(database.integer("SELECT count(*) FROM changed"), 40);
  expect_clean();
}

TEST_F(ChangesTest, SnapshotsOfOneStateAreShared) {
  append_many("INBOX", 10);
  MailboxSnapshot first = must(account_->snapshot(inbox_));
  MailboxSnapshot second = must(account_->snapshot(inbox_));
  EXPECT_EQ(first.uids, second.uids);
  EXPECT_EQ(first.uids->size(), 10U);
  must(account_->expunge(inbox_, range(3, 5)));
  append("INBOX", "x");
  MailboxSnapshot third = must(account_->snapshot(inbox_));
  EXPECT_NE(third.uids, first.uids);
  EXPECT_EQ(first.uids->size(), 10U);
  EXPECT_EQ(third.uids->size(), 8U);
  EXPECT_EQ(third.uids->sequence_of(Uid{11}), 8U);
  EXPECT_EQ(third.info.messages, 8U);
  first = second = third = {};
  EXPECT_EQ(must(account_->snapshot(inbox_)).uids->sequence_of(Uid{11}), 8U);
}

// Two views that follow by changes_since must always be what a new snapshot is.
TEST_F(ChangesTest, ViewsThatFollowAgreeWithTheMailbox) {
  struct View {
    UidMap uids;
    std::map<std::uint32_t, FlagBits> flags;
    Modseq modseq{0};
    Uid next{1};
  };
  View quick;
  View slow;
  auto follow = [&](View& view) {
    Changes changes = since(view.modseq);
    view.uids.remove(changes.expunged);
    for (const UidSet::Range& gone : changes.expunged.ranges()) {
      view.flags.erase(view.flags.lower_bound(gone.first), view.flags.upper_bound(gone.last));
    }
    for (const FlagRow& row : changes.changed) {
      if (row.uid >= view.next) view.uids.append(row.uid);
      view.flags[row.uid.value] = row.flags;
    }
    view.modseq = changes.highest_modseq;
    view.next = changes.uid_next;
    MailboxSnapshot snapshot = must(account_->snapshot(inbox_));
    ASSERT_EQ(view.uids.all(), snapshot.uids->all());
    ASSERT_EQ(view.modseq, snapshot.info.highest_modseq);
    ASSERT_EQ(view.flags.size(), snapshot.info.messages);
    auto cursor = must(account_->messages(inbox_, everything(), Detail::row));
    while (cursor->next()) ASSERT_EQ(view.flags.at(cursor->row().uid.value), cursor->row().flags);
  };
  std::mt19937 random(3);
  auto pick = [&](std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); };
  must(account_->create_mailbox("other"));
  const MailboxId other = id("other");
  for (int step = 0; step < 300; ++step) {
    const std::uint32_t top = info("INBOX").uid_next.value + 2;
    const std::uint32_t first = 1 + pick(top);
    const UidSet some = range(first, first + pick(6));
    switch (pick(6)) {
      case 0:
        append("INBOX", test_message(step), {pick(4) == 0 ? flag::seen : 0, {}});
        break;
      case 1:
        append_many("INBOX", 4);
        break;
      case 2:
        must(account_->expunge(inbox_, some));
        break;
      case 3:
        must(account_->copy(inbox_, some, pick(2) == 0 ? "INBOX" : "other"));
        break;
      case 4:
        must(account_->move(pick(2) == 0 ? inbox_ : other, some, pick(2) == 0 ? "Sent" : "Trash"));
        break;
      default:
        change(inbox_, {some, static_cast<FlagOperation>(pick(3)), {FlagBits{pick(32)}, {}}, {}});
    }
    follow(quick);
    if (step % 17 == 0) follow(slow);
  }
  follow(slow);
  expect_clean();
}

TEST_F(ChangesTest, RecentIsClaimedOnce) {
  append_many("INBOX", 3);
  EXPECT_EQ(must(account_->claim_recent(inbox_, Uid{4})), Uid{1});
  EXPECT_EQ(must(account_->claim_recent(inbox_, Uid{4})), Uid{4});
  EXPECT_EQ(info("INBOX").first_recent, Uid{4});
  append("INBOX", "new");
  EXPECT_EQ(must(account_->claim_recent(inbox_, Uid{5})), Uid{4});
  reopen();
  EXPECT_EQ(info("INBOX").first_recent, Uid{5});
  EXPECT_EQ(must(account_->claim_recent(inbox_, Uid{5})), Uid{5});
  EXPECT_EQ(account_->claim_recent(MailboxId{99}, Uid{5}).error(), StoreError::no_such_mailbox);
}

TEST_F(ChangesTest, LatestModseqNeedsNoReading) {
  reopen();
  EXPECT_EQ(account_->latest_modseq(inbox_), Modseq{0});
  must(account_->snapshot(inbox_));
  EXPECT_EQ(account_->latest_modseq(inbox_), highest());
  append("INBOX", "x");
  EXPECT_EQ(account_->latest_modseq(inbox_), highest());
}

TEST_F(ChangesTest, WatchersHearOfEveryCommit) {
  std::atomic<int> inbox_calls{0};
  std::atomic<int> sent_calls{0};
  const MailboxId sent = id("Sent");
  Watch inbox_watch = account_->watch(inbox_, [&] { ++inbox_calls; });
  Watch sent_watch = account_->watch(sent, [&] { ++sent_calls; });
  append_many("INBOX", 3);
  EXPECT_EQ(inbox_calls, 1);
  EXPECT_EQ(sent_calls, 0);
  must(account_->move(inbox_, range(1, 1), "Sent"));
  EXPECT_EQ(inbox_calls, 2);
  EXPECT_EQ(sent_calls, 1);
  change(inbox_, {range(2, 2), FlagOperation::add, {}, {}});
  EXPECT_EQ(inbox_calls, 2);
  sent_watch.stop();
  append("Sent", "x");
  EXPECT_EQ(sent_calls, 1);
  {
    Watch another = account_->watch(inbox_, [&] { inbox_calls += 10; });
    append("INBOX", "x");
    EXPECT_EQ(inbox_calls, 13);
  }
  append("INBOX", "x");
  EXPECT_EQ(inbox_calls, 14);
}

TEST_F(ChangesTest, WatchersHearOfTheEndOfTheirMailbox) {
  must(account_->create_mailbox("short"));
  const MailboxId mailbox = id("short");
  std::atomic<int> calls{0};
  Watch watch = account_->watch(mailbox, [&] { ++calls; });
  must(account_->delete_mailbox("short"));
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(account_->latest_modseq(mailbox), Modseq{0});
  EXPECT_EQ(account_->changes_since(mailbox, Modseq{1}).error(), StoreError::no_such_mailbox);
}

TEST_F(ChangesTest, AnotherProcessIsNoticed) {
  append("INBOX", "x");
  must(account_->snapshot(inbox_));
  std::atomic<int> calls{0};
  Watch watch = account_->watch(inbox_, [&] { ++calls; });
  store_->maintain();
  store_->maintain();
  EXPECT_EQ(calls, 0);
  {
    auto other_store = Store::open(directory_.path());
    auto other = must(other_store->open_account("anna"));
    std::vector<NewMessage> messages;
    messages.push_back({other->begin_upload(), {}, {}});
    messages.back().upload.write("from elsewhere");
    must(other->append("INBOX", std::move(messages)));
    store_->maintain();
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(account_->latest_modseq(inbox_), highest());
  }
  store_->maintain();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(append("INBOX", "here"), Uid{3});
}

}  // namespace
}  // namespace mailkeep::store
