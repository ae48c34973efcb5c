// An account is fetched from another IMAP server, which may be as odd or hostile as it likes.
#include "server/migration/migrator.h"

#include "tests/unit/server/migration/migrate_fixture.h"

namespace mailkeep::server {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(MigrateTest, KeepsAllThereIs) {
  remote_.mailboxes["Work/2024"] = {.uid_validity = 22, .subscribed = false};
  remote_.mailboxes["Gone out"] = {.uid_validity = 33, .attributes = "\\Sent"};
  remote_.mailboxes["Gone out"].messages = {{1, "A: 4\r\n\r\n", "\\Seen"}};
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(out(), StartsWith("Fetched 4 messages ("));
  const auto stored = messages("ann");
  ASSERT_EQ(stored.size(), 3U);
  EXPECT_EQ(octets("ann"), remote_texts());
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30}));
  const store::MailboxInfo info = mailbox("ann", "INBOX");
  EXPECT_EQ(info.uid_validity, 1111U);
  EXPECT_EQ(info.uid_next, store::Uid{50});
  EXPECT_EQ(stored[0].row.flags, store::flag::seen);
  EXPECT_EQ(stored[0].row.internal_date, (store::InternalDate{1644267145, 60}));
  EXPECT_THAT(*info.keywords, ElementsAre("Work"));
  EXPECT_NE(stored[1].row.flags & ~store::flag::system, 0U);
  EXPECT_EQ(mailbox("ann", "Work/2024").uid_validity, 22U);
  EXPECT_FALSE(mailbox("ann", "Work/2024").subscribed);
  EXPECT_TRUE(mailbox("ann", "Gone out").subscribed);
  EXPECT_EQ(mailbox("ann", "Gone out").special_use, store::SpecialUse::sent);
  EXPECT_EQ(octets("ann", "Sent").size(), 0U);
  const auto store = store::Store::open(config_.data_dir);
  EXPECT_EQ(store->open_account("ann").value()->mailboxes()->size(), 4U)
      << "mailboxes that nobody used and that are not there go";
  expect_clean();
}

TEST_F(MigrateTest, ManyMessagesComeOverManyConnectionsInOrder) {
  FakeMailbox& many = remote_.mailboxes["Many"];
  for (std::uint32_t i = 1; i <= 2000; ++i) {
    many.messages.push_back({i * 3, "Subject: " + std::to_string(i) + "\r\n\r\n"});
  }
  EXPECT_EQ(migrate({"--connections", "4"}), exit_code::ok) << err();
  const auto stored = messages("ann", "Many");
  ASSERT_EQ(stored.size(), 2000U);
  for (std::uint32_t i = 1; i <= 2000; ++i) {
    EXPECT_EQ(stored[i - 1].row.uid.value, i * 3);
    EXPECT_EQ(stored[i - 1].octets, "Subject: " + std::to_string(i) + "\r\n\r\n");
  }
}

TEST_F(MigrateTest, ASecondRunFetchesWhatIsNewAndWhatChanged) {
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  FakeMailbox& inbox = remote_.mailboxes["INBOX"];
  inbox.messages[0].flags = "\\Answered Late";
  inbox.messages.push_back({60, "A: 60\r\n\r\n", "\\Draft"});
  inbox.uid_next = 61;
  remote_.forget_commands();
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(out(), AllOf(StartsWith("Fetched 1 messages"), HasSubstr("; 1 got other flags")));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30, 60}));
  const auto stored = messages("ann");
  EXPECT_EQ(stored[0].row.flags & store::flag::system, store::flag::answered);
  EXPECT_THAT(*mailbox("ann", "INBOX").keywords, ElementsAre("Work", "Late"));
  EXPECT_THAT(remote_.commands(), Contains("UID FETCH 60 (UID FLAGS INTERNALDATE BODY.PEEK[])"));
}

TEST_F(MigrateTest, WithModSequencesOnlyChangesAreAskedFor) {
  remote_.capabilities += " CONDSTORE";
  FakeMailbox& inbox = remote_.mailboxes["INBOX"];
  inbox.modseq = 10;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  remote_.forget_commands();
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(remote_.commands(), Not(Contains(StartsWith("EXAMINE")))) << "nothing changed";
  inbox.modseq = 20;
  inbox.messages[1].flags = "\\Seen";
  inbox.messages[1].modseq = 15;
  inbox.messages[0].flags = "not asked for, as its modseq says";
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(remote_.commands(), Contains("UID FETCH 1:49 (UID FLAGS) (CHANGEDSINCE 10)"));
  EXPECT_EQ(messages("ann")[1].row.flags, store::flag::seen);
  EXPECT_EQ(messages("ann")[0].row.flags, store::flag::seen);
}

TEST_F(MigrateTest, WhatIsGoneThereGoesOnlyIfAskedFor) {
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  deliver("ann", "INBOX", {"A: own\r\n\r\n"});
  remote_.mailboxes["INBOX"].messages.erase(remote_.mailboxes["INBOX"].messages.begin());
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("; 1 are not there any more (--expunge removes them here)"));
  EXPECT_EQ(uids().size(), 4U);
  EXPECT_EQ(migrate({"--expunge"}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("; 1 were removed"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{7, 30, 1'000'050})) << "own mail stays";
}

TEST_F(MigrateTest, ADryRunComparesAndChangesNothing) {
  remote_.mailboxes["New"] = {};
  EXPECT_EQ(migrate({"--dry-run"}), exit_code::ok) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("INBOX: 3 to fetch (300.0 kB)\n"),
                           HasSubstr("New: to be made"), HasSubstr("Would fetch 3 messages")));
  EXPECT_TRUE(octets("ann").empty());
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(migrate({"--dry-run"}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("INBOX: the same\n"));
  remote_.mailboxes["INBOX"].messages[0].flags = "";
  remote_.mailboxes["INBOX"].messages[1].text += "longer";
  remote_.mailboxes["INBOX"].messages.pop_back();
  EXPECT_EQ(migrate({"--dry-run"}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("INBOX: 1 with other flags, 1 gone there, 1 with another size\n"));
}

TEST_F(MigrateTest, MailThatCameHereMeanwhileKeepsApart) {
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  deliver("ann", "INBOX", {"A: own\r\n\r\n"});
  remote_.mailboxes["INBOX"].messages.push_back({50, "A: 50\r\n\r\n"});
  remote_.mailboxes["INBOX"].uid_next = 51;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30, 1'000'050, 1'000'051}));
  EXPECT_EQ(octets("ann").back(), "A: 50\r\n\r\n");
  remote_.mailboxes["INBOX"].messages.back().flags = "\\Seen";
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids().size(), 5U) << "not twice";
  EXPECT_EQ(messages("ann").back().row.flags, store::flag::seen) << "known by its new UID";
}

TEST_F(MigrateTest, AMailboxWithMailTakesMoreUnderNewUids) {
  deliver("ann", "INBOX", {"A: own\r\n\r\n"});
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{1, 2, 3, 4}));
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids().size(), 4U);
}

TEST_F(MigrateTest, WhatCameByOtherUidsDoesNotComeTwice) {
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  remote_.mailboxes["INBOX"].uid_validity = 2222;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("(UIDVALIDITY 1111) and would come twice: rename the mailbox"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30}));
  {
    const auto store = store::Store::open(config_.data_dir);
    EXPECT_TRUE(store->open_account("ann").value()->rename_mailbox("INBOX", "Before"));
  }
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann"), remote_texts());
  EXPECT_EQ(octets("ann", "Before"), remote_texts());
}

TEST_F(MigrateTest, PrefixesAndSeparatorsAreOnlyThere) {
  remote_.prefix = "INBOX.";
  remote_.separator = '.';
  remote_.mailboxes["INBOX.Work.A"] = {};
  remote_.mailboxes["INBOX.Old"] = {};
  EXPECT_EQ(migrate({"--exclude", "Ol*"}), exit_code::ok) << err();
  EXPECT_TRUE(mailbox("ann", "Work/A").selectable);
  const auto store = store::Store::open(config_.data_dir);
  EXPECT_FALSE(store->open_account("ann").value()->mailbox("Old"));
}

TEST_F(MigrateTest, ServersWithoutExtensionsWillDo) {
  remote_.capabilities = "IMAP4rev1";
  remote_.mailboxes["Sub"] = {.subscribed = false};
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(remote_.commands(), Contains("LOGIN \"bob\" \"secret\""));
  EXPECT_EQ(octets("ann"), remote_texts());
  EXPECT_FALSE(mailbox("ann", "Sub").subscribed);
}

TEST_F(MigrateTest, LogsInAsWasAsked) {
  EXPECT_EQ(migrate({"--master", "admin"}), exit_code::ok) << err();
  EXPECT_THAT(remote_.commands(), Contains("AUTHENTICATE PLAIN Ym9iAGFkbWluAHNlY3JldA=="));
  remote_.forget_commands();
  EXPECT_EQ(run({"migrate", "ann", "--password-stdin", "--from",
                 "imap://bob;AUTH=XOAUTH2@127.0.0.1:" + std::to_string(remote_.port())},
                "token\n"),
            exit_code::ok)
      << err();
  EXPECT_THAT(remote_.commands(),
              Contains("AUTHENTICATE XOAUTH2 dXNlcj1ib2IBYXV0aD1CZWFyZXIgdG9rZW4BAQ=="));
  EXPECT_EQ(migrate({"--connections", "0"}), exit_code::usage);
  EXPECT_EQ(run({"migrate", "ann", "--from", "imap://x"}, ""), exit_code::usage);
  EXPECT_EQ(run({"migrate", "ann", "--password-stdin", "--from", "pop3://x"}, "x\n"),
            exit_code::usage);
}

class HostileServer : public MigrateTest {};

TEST_F(HostileServer, ThatHangsIsLeft) {
  remote_.faults.hang_in_message = true;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: not all could be fetched: 127.0.0.1:"));
  EXPECT_THAT(err(), HasSubstr("no answer for 1 seconds"));
  EXPECT_TRUE(octets("ann").empty()) << "nothing that is incomplete";
  remote_.faults = {};
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann"), remote_texts());
  expect_clean();
}

TEST_F(HostileServer, ThatBreaksOffIsTriedAgain) {
  remote_.faults.close_in_message = true;
  remote_.faults.closes = 2;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann"), remote_texts());
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30}));
}

TEST_F(HostileServer, ThatRepeatsMessagesIsHeardOnce) {
  remote_.faults.repeat_messages = true;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann"), remote_texts());
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30}));
}

TEST_F(HostileServer, ThatRepeatsUidsIsHeardOnce) {
  remote_.mailboxes["INBOX"].messages.push_back({7, "A: other\r\n\r\n"});
  EXPECT_EQ(migrate(), exit_code::failed) << "one of them cannot be asked for";
  EXPECT_THAT(err(), HasSubstr("INBOX: the server did not list all of its messages"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30}));
  expect_clean();
}

TEST_F(HostileServer, ThatLiesAboutSizesIsBelievedByItsLiterals) {
  remote_.faults.wrong_sizes = true;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("; 3 are not as long as the server said"));
  EXPECT_EQ(octets("ann"), remote_texts());
}

TEST_F(HostileServer, WhoseLiteralsLieCommitsNothing) {
  for (const std::uint64_t literal :
       {std::uint64_t{3}, std::uint64_t{1'000'000'000}, std::uint64_t{0xffffffffffffffff}}) {
    remote_.faults.literal = literal;
    EXPECT_EQ(migrate(), exit_code::failed) << literal;
    EXPECT_TRUE(octets("ann").empty()) << literal;
  }
  expect_clean();
}

TEST_F(HostileServer, ThatSendsWhatNobodyAskedForIsNotHeard) {
  remote_.faults.foreign_uids = true;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  remote_.mailboxes["INBOX"].messages.push_back({60, "A: 60\r\n\r\n"});
  remote_.mailboxes["INBOX"].uid_next = 61;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann"), remote_texts());
}

TEST_F(HostileServer, ThatRefusesOneMessageGivesTheOthers) {
  remote_.faults.refused_uid = 7;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: message 7 cannot be fetched: NO cannot read it"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 30}));
}

TEST_F(HostileServer, ThatRefusesForAWhileIsAskedAgainLater) {
  remote_.faults.refuses_messages = true;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: not all could be fetched: NO not now"));
  EXPECT_TRUE(octets("ann").empty());
  remote_.faults = {};
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann"), remote_texts());
}

TEST_F(HostileServer, ThatLeavesOutATextIsReported) {
  remote_.faults.bare_uid = 7;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: message 7 comes without its text"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 30}));
}

TEST_F(HostileServer, ThatListsLessThanThereIsExpungesNothing) {
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  remote_.faults.unlisted_uid = 7;
  EXPECT_EQ(migrate({"--expunge"}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: the server did not list all of its messages"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30}));
}

TEST_F(HostileServer, ThatListsLessThanThereIsIsAskedAgainLater) {
  remote_.faults.unlisted_uid = 30;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: the server did not list all of its messages"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7}));
  remote_.faults = {};
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann"), remote_texts());
}

TEST_F(HostileServer, ThatNeverEndsALineIsLeft) {
  remote_.faults.endless_line = true;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("a response is too long"));
}

TEST_F(HostileServer, ThatDripsIsLeft) {
  remote_.faults.drip = true;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("answers too slowly"));
}

TEST_F(HostileServer, ThatSaysGoodbyeOrIsNotThere) {
  remote_.faults.bye_at_login = true;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("too busy"));
  EXPECT_EQ(run({"migrate", "ann", "--password-stdin", "--from", "imap://127.0.0.1:1"}, "x\n"),
            exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("127.0.0.1:1: Connection refused"));
}

TEST_F(HostileServer, ThatTalksBeforeTlsIsNotHeard) {
  remote_.capabilities += " STARTTLS";
  remote_.faults.talks_before_tls = true;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("the server answers before it is asked"));
}

TEST_F(HostileServer, WithAMailboxWithoutUidValidityGivesTheOthers) {
  remote_.mailboxes["Bad"] = {.uid_validity = 0};
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("Bad: the mailbox has no UIDVALIDITY"));
  EXPECT_EQ(octets("ann"), remote_texts());
}

TEST_F(HostileServer, WithUidsAtTheEndLeavesRoomHere) {
  remote_.mailboxes["INBOX"].messages.push_back({0xffffffffU, "A: last\r\n\r\n"});
  remote_.mailboxes["INBOX"].uid_next = 0xffffffffU;
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 7, 30, 31}));
  deliver("ann", "INBOX", {"A: own\r\n\r\n"});
  EXPECT_EQ(octets("ann").size(), 5U);
}

TEST_F(HostileServer, WithTooLongMessagesGivesTheOthers) {
  config_.max_message_bytes = 1000;
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: message 7 has 300008 octets"));
  EXPECT_EQ(uids(), (std::vector<std::uint32_t>{5, 30}));
}

TEST_F(MigrateTest, AMailboxThatCannotBeMadeLeavesTheOthers) {
  remote_.mailboxes["A"] = {};
  EXPECT_EQ(run({"user", "quota", "ann", "--mailboxes", "1"}), exit_code::ok) << err();
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("A: The account is over its quota."));
  EXPECT_EQ(octets("ann"), remote_texts());
}

TEST_F(MigrateTest, QuotaIsKept) {
  EXPECT_EQ(run({"user", "quota", "ann", "--messages", "2"}), exit_code::ok) << err();
  EXPECT_EQ(migrate(), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("INBOX: The account is over its quota."));
  EXPECT_TRUE(octets("ann").empty());
  EXPECT_EQ(run({"user", "quota", "ann", "--messages", "none"}), exit_code::ok) << err();
  EXPECT_EQ(migrate(), exit_code::ok) << err();
  EXPECT_EQ(octets("ann"), remote_texts());
}

}  // namespace
}  // namespace mailkeep::server
