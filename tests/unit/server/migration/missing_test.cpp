// What a server does not give is asked for again, until it comes or is known not to be there.
#include "server/migration/migrator.h"
#include "tests/unit/server/migration/migrate_fixture.h"

namespace mailkeep::server {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

using Uids = std::vector<std::uint32_t>;

class MissingTest : public MigrateTest {
 protected:
  void bring(std::uint32_t uid) {
    FakeMailbox& inbox = remote_.mailboxes["INBOX"];
    inbox.messages.push_back({uid, "A: " + std::to_string(uid) + "\r\n\r\n"});
    inbox.uid_next = uid + 1;
  }
  void remove(std::uint32_t uid) {
    std::erase_if(remote_.mailboxes["INBOX"].messages,
                  [&](const FakeMessage& message) { return message.uid == uid; });
  }
  store::MissingUids missing() {
    const auto store = store::Store::open(config_.data_dir);
    const auto account = store->open_account("ann").value();
    return account->missing_uids(account->mailbox("INBOX")->id).value();
  }
};

TEST_F(MissingTest, AMessageThatWasRefusedIsAskedForAgain) {
  remote_.faults.refused_uid = 7;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: message 7 cannot be fetched: NO cannot read it"));
  EXPECT_EQ(uids(), (Uids{5, 30}));
  remote_.faults = {};
  bring(50);
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids(), (Uids{5, 30, 50, 51})) << "what is new keeps its UID";
  EXPECT_EQ(octets("ann").back(), remote_texts()[1]);
  EXPECT_EQ(messages("ann").back().row.flags & store::flag::system, store::flag::flagged);
  EXPECT_TRUE(missing().empty());
  remote_.mailboxes["INBOX"].messages[1].flags = "\\Seen";
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(out(), StartsWith("Fetched 0 messages"));
  EXPECT_EQ(messages("ann").back().row.flags, store::flag::seen) << "known by its new UID";
  expect_clean();
}

TEST_F(MissingTest, WithoutChangesItIsAskedForTheSame) {
  remote_.capabilities += " CONDSTORE";
  remote_.mailboxes["INBOX"].modseq = 10;
  remote_.faults.bare_uid = 7;
  EXPECT_EQ(migrate(), exit_code::failed);
  remote_.faults = {};
  EXPECT_EQ(migrate({"--dry-run"}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("INBOX: 1 to fetch (300.0 kB)\n"));
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids(), (Uids{5, 30, 50}));
  remote_.forget_commands();
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(remote_.commands(), Not(Contains(StartsWith("EXAMINE")))) << "all is here";
}

TEST_F(MissingTest, AMessageThatIsGoneThereIsGivenUpOnce) {
  remote_.faults.refused_uid = 7;
  EXPECT_EQ(migrate(), exit_code::failed);
  remove(7);
  EXPECT_EQ(migrate(), exit_code::ok);
  EXPECT_THAT(err(), HasSubstr("INBOX: 1 messages that could not be fetched before are not there"));
  EXPECT_THAT(out(), HasSubstr("; 1 were gone before they could be fetched"));
  EXPECT_TRUE(missing().empty());
  EXPECT_EQ(migrate(), exit_code::ok);
  EXPECT_THAT(err(), Not(HasSubstr("could not be fetched")));
  EXPECT_EQ(uids(), (Uids{5, 30}));
}

TEST_F(MissingTest, WhatAListLeftOutInItsMiddleComesLater) {
  remote_.faults.unlisted_uid = 7;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: the server did not list all of its messages"));
  EXPECT_EQ(uids(), (Uids{5, 30}));
  EXPECT_EQ(migrate(), exit_code::failed) << "it is still short";
  EXPECT_FALSE(missing().untold.empty());
  remote_.faults = {};
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids().size(), 3U);
  EXPECT_EQ(octets("ann").back(), remote_texts()[1]);
  EXPECT_TRUE(missing().empty());
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids().size(), 3U);
  expect_clean();
}

TEST_F(MissingTest, WhatWasNeverThereIsForgottenInSilence) {
  remote_.faults.unlisted_uid = 7;
  EXPECT_EQ(migrate(), exit_code::failed);
  remove(7);
  remote_.faults = {};
  EXPECT_EQ(migrate(), exit_code::ok);
  EXPECT_EQ(err(), "");
  EXPECT_TRUE(missing().empty());
}

TEST_F(MissingTest, TooLongMessagesComeWhereTheLimitIsRaised) {
  config_.max_message_bytes = 1000;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_EQ(uids(), (Uids{5, 30}));
  config_.max_message_bytes = 0;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann").back(), remote_texts()[1]);
}

TEST_F(MissingTest, AMailboxThatWasInterruptedIsStillNew) {
  remote_.mailboxes["Gone out"] = {.uid_validity = 33, .attributes = "\\Sent"};
  FakeMailbox& sent = remote_.mailboxes["Gone out"];
  sent.subscribed = false;
  for (std::uint32_t uid = 1; uid <= 300; ++uid) sent.messages.push_back({uid, "A: 1\r\n\r\n"});
  remote_.faults.closes_at_uid = 290;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_EQ(uids("Gone out").size(), 250U) << "a portion of it";
  EXPECT_EQ(mailbox("ann", "Gone out").special_use, store::SpecialUse::none);
  remote_.faults = {};
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(mailbox("ann", "Gone out").special_use, store::SpecialUse::sent);
  EXPECT_FALSE(mailbox("ann", "Gone out").subscribed);
  EXPECT_EQ(uids("Gone out").size(), 300U);
  {
    const auto store = store::Store::open(config_.data_dir);
    const auto account = store->open_account("ann").value();
    EXPECT_TRUE(account->set_special_use("Gone out", store::SpecialUse::archive));
    EXPECT_TRUE(account->subscribe("Gone out", true));
  }
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(mailbox("ann", "Gone out").special_use, store::SpecialUse::archive) << "it is known";
  EXPECT_TRUE(mailbox("ann", "Gone out").subscribed);
}

TEST_F(MissingTest, OwnMailStaysWhereverTheServersUidsGo) {
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  deliver("ann", "INBOX", {"A: own\r\n\r\n"});
  bring(3'000'000);
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids(), (Uids{5, 7, 30, 1'000'050, 3'000'000}));
  EXPECT_EQ(migrate({"--expunge"}), exit_code::ok) << err();
  EXPECT_EQ(uids(), (Uids{5, 7, 30, 1'000'050, 3'000'000}));
  remote_.mailboxes["INBOX"].messages.back().flags = "\\Seen";
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(messages("ann").back().row.flags, store::flag::seen);
  EXPECT_EQ(messages("ann")[3].row.flags, 0U);
  bring(3'500'000);
  remove(3'000'000);
  remove(5);
  EXPECT_EQ(migrate({"--expunge"}), exit_code::ok) << err();
  EXPECT_EQ(uids(), (Uids{7, 30, 1'000'050, 3'500'000}));
  expect_clean();
}

}  // namespace
}  // namespace mailkeep::server
