// Messages that come from another server: UIDs, UIDVALIDITY and POP3 ids.
#include "store/mailbox_origin.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

using Ids = std::vector<std::pair<Uid, std::string>>;

class OriginTest : public StoreTest {
 protected:
  AdoptedMailbox adopt(std::string_view name, std::uint32_t uid_validity,
                       std::string_view source = "maildir:old") {
    return must(account_->adopt_mailbox(name, source, uid_validity));
  }

  struct Taken {
    std::uint32_t uid;
    std::string pop3_id{};
  };
  StoreResult<AppendResult> try_take(std::string_view mailbox, const std::vector<Taken>& list) {
    std::vector<NewMessage> messages;
    for (const Taken& taken : list) {
      messages.push_back(make_message(test_message(static_cast<int>(taken.uid % 1000))));
      messages.back().origin_uid = Uid{taken.uid};
      messages.back().pop3_id = taken.pop3_id;
    }
    return account_->append(mailbox, std::move(messages));
  }
  AppendResult take(std::string_view mailbox, const std::vector<Taken>& list) {
    return must(try_take(mailbox, list));
  }
  void take_but(std::string_view mailbox, const std::vector<std::uint32_t>& list,
                const UidSet& refused) {
    std::vector<NewMessage> messages;
    for (const std::uint32_t uid : list) {
      messages.push_back(make_message(test_message(static_cast<int>(uid))));
      messages.back().origin_uid = Uid{uid};
    }
    must(account_->take(mailbox, std::move(messages), refused));
  }
  MissingUids missing(std::string_view mailbox) {
    return must(account_->missing_uids(id(mailbox)));
  }
  std::vector<std::uint32_t> uids(std::string_view mailbox) {
    std::vector<std::uint32_t> list;
    for (const Fetched& fetched : fetch(id(mailbox))) list.push_back(fetched.row.uid.value);
    return list;
  }
};

using Uids = std::vector<std::uint32_t>;

TEST_F(OriginTest, ANewMailboxTakesUidValidityAndUids) {
  const AdoptedMailbox adopted = adopt("Old/Deep", 1234);
  EXPECT_TRUE(adopted.keeps_uids);
  EXPECT_EQ(adopted.origin.uid_next, Uid{1});
  EXPECT_EQ(take("Old/Deep", {{5}, {7}, {900}}).uids.size(), 3U);
  EXPECT_EQ(info("Old/Deep").uid_validity, 1234U);
  EXPECT_EQ(uids("Old/Deep"), (Uids{5, 7, 900}));
  EXPECT_EQ(info("Old/Deep").uid_next, Uid{901});
  EXPECT_EQ(append("Old/Deep", "new"), Uid{901});
  const auto snapshot = must(account_->snapshot(id("Old/Deep")));
  EXPECT_EQ(snapshot.uids->size(), 4U);
  expect_clean();
}

TEST_F(OriginTest, InboxTakesItWhileItNeverHadAMessage) {
  EXPECT_TRUE(adopt("inbox", 77).keeps_uids);
  EXPECT_EQ(info("INBOX").uid_validity, 77U);
  take("INBOX", {{3}});
  EXPECT_FALSE(adopt("INBOX", 78, "maildir:other").keeps_uids) << "clients know it by now";
  EXPECT_EQ(info("INBOX").uid_validity, 77U);
}

TEST_F(OriginTest, AMailboxMadeLaterHasAHigherUidValidity) {
  adopt("Box", 3'000'000'000U);
  must(account_->delete_mailbox("Box"));
  EXPECT_GT(must(account_->create_mailbox("Box")).uid_validity, 3'000'000'000U);
  adopt("Last", 0xffffffffU);
  EXPECT_EQ(info("Last").uid_validity, 0xffffffffU);
  EXPECT_LT(must(account_->create_mailbox("More")).uid_validity, 3'100'000'000U);
}

TEST_F(OriginTest, WhatWasTakenIsNotTakenAgain) {
  adopt("Box", 9);
  take("Box", {{1}, {2}, {2}, {4}});
  EXPECT_EQ(uids("Box"), (Uids{1, 2, 4})) << "a UID that comes twice is taken once";
  EXPECT_TRUE(take("Box", {{1}, {4}}).uids.empty());
  take("Box", {{3}, {4}, {5}});
  EXPECT_EQ(uids("Box"), (Uids{1, 2, 4, 5}));
  EXPECT_EQ(must(account_->origin(id("Box"))).uid_next, Uid{6});
  reopen();
  EXPECT_EQ(adopt("Box", 9).origin.uid_next, Uid{6}) << "it goes on where it ended";
  expect_clean();
}

TEST_F(OriginTest, AMailboxWithMailGivesNewUidsAndRemembersThem) {
  append("INBOX", "here already");
  const AdoptedMailbox adopted = adopt("INBOX", 9);
  EXPECT_FALSE(adopted.keeps_uids);
  take("INBOX", {{100}, {200}});
  EXPECT_EQ(uids("INBOX"), (Uids{1, 2, 3}));
  EXPECT_EQ(must(account_->moved_uids(id("INBOX"))),
            (std::vector<std::pair<Uid, Uid>>{{Uid{100}, Uid{2}}, {Uid{200}, Uid{3}}}));
}

TEST_F(OriginTest, AUidThatIsTakenHereBecomesANewOne) {
  adopt("INBOX", 9);
  take("INBOX", {{10}});
  EXPECT_EQ(append("INBOX", "delivered here"), Uid{11});
  take("INBOX", {{11}, {12}, {20}});
  EXPECT_EQ(uids("INBOX"), (Uids{10, 11, 12, 13, 20}));
  EXPECT_EQ(must(account_->moved_uids(id("INBOX"))),
            (std::vector<std::pair<Uid, Uid>>{
                {Uid{11}, Uid{12}}, {Uid{12}, Uid{13}}, {Uid{20}, Uid{20}}}));
  expect_clean();
}

TEST_F(OriginTest, AnotherOriginBeginsAnew) {
  adopt("Box", 9);
  take("Box", {{1}, {2}});
  EXPECT_EQ(adopt("Box", 10).origin.uid_next, Uid{1}) << "it was made anew there";
  take("Box", {{1}});
  EXPECT_EQ(uids("Box"), (Uids{1, 2, 3}));
}

TEST_F(OriginTest, MailThatComesHereLeavesRoomForWhatComesToTheServer) {
  adopt("INBOX", 9, "imap:anna@old/INBOX");
  take("INBOX", {{10}});
  take("INBOX", {{11}});
  EXPECT_EQ(append("INBOX", "delivered here"), Uid{1'000'012});
  EXPECT_EQ(append("INBOX", "and again"), Uid{1'000'013});
  take("INBOX", {{12}});
  EXPECT_EQ(uids("INBOX"), (Uids{10, 11, 1'000'012, 1'000'013, 1'000'014}));
  EXPECT_EQ(must(account_->moved_uids(id("INBOX"))),
            (std::vector<std::pair<Uid, Uid>>{{Uid{12}, Uid{1'000'014}}}));
  adopt("Sent", 9, "imap:anna@old/Sent");
  EXPECT_EQ(must(account_->copy(id("INBOX"), range(10, 11), "Sent")).uids.front().second,
            Uid{1'000'001});
  expect_clean();
}

TEST_F(OriginTest, MailThatCameHereIsNeverTakenForThatOfTheServer) {
  adopt("INBOX", 9, "imap:anna@old/INBOX");
  take("INBOX", {{10}});
  EXPECT_TRUE(must(account_->origin(id("INBOX"))).keeps(Uid{10}));
  const Uid own = append("INBOX", "delivered here");
  must(account_->advance_origin(id("INBOX"), Uid{3'000'000}, Modseq{}));
  take("INBOX", {{3'000'001}});
  reopen();
  const MailboxOrigin origin = must(account_->origin(id("INBOX")));
  EXPECT_EQ(origin.own_from, own);
  EXPECT_TRUE(origin.keeps(Uid{10}));
  EXPECT_FALSE(origin.keeps(own));
  EXPECT_EQ(must(account_->moved_uids(id("INBOX"))),
            (std::vector<std::pair<Uid, Uid>>{{Uid{3'000'001}, Uid{3'000'001}}}));
  EXPECT_EQ(append("INBOX", "room again"), Uid{4'000'002});
  must(account_->create_mailbox("Old"));
  append("Old", "was here before");
  adopt("Old", 9);
  EXPECT_EQ(must(account_->origin(id("Old"))).own_from, Uid{1});
}

TEST_F(OriginTest, WhatIsMissingIsRememberedUntilItComes) {
  adopt("Box", 9);
  take_but("Box", {1, 4}, UidSet({2, 3}));
  reopen();
  EXPECT_EQ(missing("Box").told, UidSet({2, 3}));
  EXPECT_EQ(must(account_->origin(id("Box"))).uid_next, Uid{5});
  take_but("Box", {1, 3, 4}, {});
  EXPECT_EQ(uids("Box"), (Uids{1, 4, 5})) << "only what was missing";
  EXPECT_EQ(missing("Box").told, UidSet({2, 2}));
  EXPECT_EQ(must(account_->moved_uids(id("Box"))),
            (std::vector<std::pair<Uid, Uid>>{{Uid{3}, Uid{5}}}));
  take_but("Box", {}, UidSet({6, 6}));
  take_but("Box", {6}, {});
  EXPECT_EQ(missing("Box").told, UidSet({2, 2})) << "above the next UID, too";
  EXPECT_EQ(uids("Box"), (Uids{1, 4, 5, 6}));
  expect_clean();
}

TEST_F(OriginTest, RangesOfMissingUidsAreCutAsAsked) {
  const MailboxId box = adopt("Box", 9).info.id;
  const auto change = [&](const MissingUids& more, const UidSet& gone) {
    must(account_->change_missing(box, more, gone));
  };
  change({.told = {}, .untold = UidSet({10, 100})}, {});
  change({.told = UidSet({20, 30}), .untold = {}}, UidSet({50, 60}));
  UidSet untold({10, 19});
  for (const UidSet::Range range : {UidSet::Range{31, 49}, UidSet::Range{61, 100}}) {
    untold.add(range);
  }
  EXPECT_EQ(missing("Box").untold, untold);
  EXPECT_EQ(missing("Box").told, UidSet({20, 30}));
  change({.told = {}, .untold = UidSet({25, 40})}, {});
  EXPECT_EQ(missing("Box").told, UidSet({20, 24}));
  change({.told = UidSet({0xfffffff0U, 0xffffffffU}), .untold = {}}, UidSet({1, 0xffffffffU}));
  EXPECT_TRUE(missing("Box").untold.empty());
  EXPECT_EQ(missing("Box").told, UidSet({0xfffffff0U, 0xffffffffU}));
  EXPECT_TRUE(adopt("Box", 10).info.id == box && missing("Box").empty()) << "another origin";
}

TEST_F(OriginTest, ARefusedPortionLeavesNothing) {
  adopt("Box", 9);
  must(account_->set_quota({.bytes = std::nullopt, .messages = 1, .mailboxes = std::nullopt}));
  std::vector<NewMessage> messages;
  for (const std::uint32_t uid : {1U, 2U}) {
    messages.push_back(make_message(test_message(1)));
    messages.back().origin_uid = Uid{uid};
  }
  EXPECT_EQ(account_->take("Box", std::move(messages), UidSet({3, 3})).error(),
            StoreError::over_quota);
  EXPECT_TRUE(missing("Box").empty());
  EXPECT_EQ(account_->change_missing(MailboxId{4711}, {}, {}).error(), StoreError::no_such_mailbox);
}

TEST_F(OriginTest, AnOriginIsFinishedOnce) {
  const MailboxId box = adopt("Box", 9).info.id;
  EXPECT_FALSE(must(account_->origin(box)).finished);
  const std::vector<MailboxId> mailboxes{box, MailboxId{4711}};
  must(account_->finish_origins(mailboxes));
  take("Box", {{1}});
  reopen();
  EXPECT_TRUE(must(account_->origin(box)).finished);
  EXPECT_FALSE(adopt("Box", 10).origin.finished);
}

TEST_F(OriginTest, UidsAtTheEndAreNotKept) {
  adopt("Box", 9);
  take("Box", {{kMaxKeptUid - 1}, {kMaxKeptUid + 1}, {0xffffffffU}, {0xffffffffU}});
  EXPECT_EQ(uids("Box"), (Uids{kMaxKeptUid - 1, kMaxKeptUid, kMaxKeptUid + 1, kMaxKeptUid + 2}));
  append("Box", "there is room for more");
}

TEST_F(OriginTest, AdvancingRaisesUidNextOnly) {
  const AdoptedMailbox adopted = adopt("Box", 9);
  take("Box", {{5}});
  must(account_->advance_origin(adopted.info.id, Uid{50}, Modseq{77}));
  EXPECT_EQ(info("Box").uid_next, Uid{50});
  must(account_->advance_origin(adopted.info.id, Uid{20}, Modseq{3}));
  const MailboxOrigin origin = must(account_->origin(adopted.info.id));
  EXPECT_EQ(origin.uid_next, Uid{50});
  EXPECT_EQ(origin.modseq, Modseq{77});
  must(account_->advance_origin(adopted.info.id, Uid{0xffffffffU}, Modseq{0}));
  EXPECT_EQ(info("Box").uid_next, Uid{50}) << "a liar must not use the mailbox up";
}

TEST_F(OriginTest, OriginsGoWithTheirMailbox) {
  adopt("Box", 9);
  take("Box", {{5, "id-5"}});
  take_but("Box", {}, UidSet({7, 9}));
  must(account_->delete_mailbox("Box"));
  EXPECT_EQ(adopt("Box", 9).origin.uid_next, Uid{1});
  EXPECT_TRUE(missing("Box").empty());
  expect_clean();
}

TEST_F(OriginTest, Pop3IdsAreKeptAndGoWithTheirMessage) {
  adopt("INBOX", 9);
  take("INBOX", {{1, "0000000100000009"}, {2}, {3, "UID3-9"}});
  EXPECT_EQ(must(account_->pop3_ids(id("INBOX"))),
            (Ids{{Uid{1}, "0000000100000009"}, {Uid{3}, "UID3-9"}}));
  must(account_->expunge(id("INBOX"), range(1, 1)));
  EXPECT_EQ(must(account_->pop3_ids(id("INBOX"))), (Ids{{Uid{3}, "UID3-9"}}));
  must(account_->move(id("INBOX"), range(3, 3), "Sent"));
  EXPECT_EQ(must(account_->pop3_ids(id("INBOX"))), Ids{});
  expect_clean();
}

TEST_F(OriginTest, WhatIsNoPop3IdIsNotKept) {
  adopt("INBOX", 9);
  const std::string longest(70, '~');
  take("INBOX", {{1, "with space"},
                 {2, longest},
                 {3, longest + '~'},
                 {4, "caf\xc3\xa9"},
                 {5, longest},
                 {6, "9.1"},
                 {7, "!"}});
  EXPECT_EQ(must(account_->pop3_ids(id("INBOX"))), (Ids{{Uid{2}, longest}, {Uid{7}, "!"}}))
      << "no id twice, and none that POP3 gives another message";
}

TEST_F(OriginTest, Pop3IdsCanBeSetLater) {
  adopt("INBOX", 9);
  take("INBOX", {{1, "old"}, {2}, {3}});
  const Ids ids{{Uid{1}, "new"}, {Uid{2}, "new"}, {Uid{3}, "c"}, {Uid{8}, "gone"}, {Uid{2}, ""}};
  EXPECT_EQ(must(account_->set_pop3_ids(id("INBOX"), ids)), 2U);
  EXPECT_EQ(must(account_->pop3_ids(id("INBOX"))), (Ids{{Uid{1}, "new"}, {Uid{3}, "c"}}));
  EXPECT_EQ(must(account_->set_pop3_ids(id("INBOX"), ids)), 2U) << "as before";
}

TEST_F(OriginTest, NothingIsThereForAMailboxThatIsGone) {
  const MailboxId gone{4711};
  EXPECT_EQ(account_->advance_origin(gone, Uid{1}, Modseq{1}).error(), StoreError::no_such_mailbox);
  EXPECT_EQ(account_->set_pop3_ids(gone, Ids{}).error(), StoreError::no_such_mailbox);
  EXPECT_EQ(account_->adopt_mailbox("a//b", "x", 1).error(), StoreError::invalid_mailbox_name);
  EXPECT_TRUE(must(account_->origin(id("INBOX"))).source.empty());
}

}  // namespace
}  // namespace mailkeep::store
