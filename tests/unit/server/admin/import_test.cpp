#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "server/admin/import_command.h"
#include "server/admin/importer.h"
#include "server/exit_code.h"
#include "tests/unit/server/admin/admin_fixture.h"

namespace mailkeep::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kFrom = "From a@b Thu Jan  1 00:01:40 1970\n";

class ImportTest : public AdminTest {
 protected:
  ImportTest() { add_account("ann"); }

  int import(const std::vector<std::string>& words) {
    std::vector<std::string> all{"import", "ann"};
    all.insert(all.end(), words.begin(), words.end());
    return run(all);
  }
  std::vector<std::string> import_mbox(const std::string& content) {
    EXPECT_EQ(import({write_file("test.mbox", content)}), exit_code::ok) << err();
    return octets("ann");
  }
};

class ImportMbox : public ImportTest {};
class ImportMaildir : public ImportTest {};
class ImportFiles : public ImportTest {};

TEST_F(ImportMbox, SplitsAtFromLines) {
  const std::string from(kFrom);
  EXPECT_THAT(import_mbox(from + "A: 1\n\none\n\n" + from + "A: 2\n\ntwo\n\n"),
              ElementsAre("A: 1\r\n\r\none\r\n", "A: 2\r\n\r\ntwo\r\n"));
  EXPECT_THAT(out(), StartsWith("Imported 2 messages ("));
  EXPECT_EQ(messages("ann").front().row.internal_date, (store::InternalDate{100, 0}));
}

TEST_F(ImportMbox, TakesFilesWithoutBlankLinesOrLastLineEnd) {
  const std::string from(kFrom);
  EXPECT_THAT(import_mbox(from + "A: 1\n\none\n" + from + "A: 2\n\ntwo"),
              ElementsAre("A: 1\r\n\r\none\r\n", "A: 2\r\n\r\ntwo"));
}

TEST_F(ImportMbox, KeepsTheMessagesOwnBlankLines) {
  const std::string from(kFrom);
  EXPECT_THAT(import_mbox(from + "A: 1\n\none\n\n\n\n" + from + "A: 2\n\n\n"),
              ElementsAre("A: 1\r\n\r\none\r\n\r\n\r\n", "A: 2\r\n\r\n"));
}

TEST_F(ImportMbox, UndoesTheQuoting) {
  EXPECT_THAT(import_mbox(std::string(kFrom) +
                          "A: 1\n\n>From x\n>>From y\n> From z\n>Fro\nFrom here on text\n\n"),
              ElementsAre("A: 1\r\n\r\nFrom x\r\n>From y\r\n> From z\r\n>Fro\r\n"
                          "From here on text\r\n"));
}

TEST_F(ImportMbox, KeepsCrlfFilesAsTheyAre) {
  EXPECT_THAT(import_mbox("From a@b Thu Jan  1 00:01:40 1970\r\nA: 1\r\n\r\none\r\nbare\n\r\n"),
              ElementsAre("A: 1\r\n\r\none\r\nbare\n"));
}

TEST_F(ImportMbox, VerbatimKeepsLf) {
  const std::string file = write_file("test", std::string(kFrom) + "A: 1\n\none\n\n");
  EXPECT_EQ(import({file, "--verbatim"}), exit_code::ok);
  EXPECT_THAT(octets("ann"), ElementsAre("A: 1\n\none\n"));
}

TEST_F(ImportMbox, FlagsComeFromStatusFields) {
  const std::string from(kFrom);
  const auto stored =
      import_mbox(from + "A: 1\nStatus: RO\nX-Status: AF\n\none\n\n" + from +
                  "A: 2\nx-status: TD\n\nStatus: R\n\n" + from + "Status: Ready\n\nthree\n\n");
  const auto rows = messages("ann");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].row.flags, store::flag::seen | store::flag::answered | store::flag::flagged);
  EXPECT_EQ(rows[1].row.flags, store::flag::draft | store::flag::deleted);
  EXPECT_EQ(rows[2].row.flags, 0U);
  EXPECT_EQ(stored[0], "A: 1\r\nStatus: RO\r\nX-Status: AF\r\n\r\none\r\n") << "nothing is dropped";
}

TEST_F(ImportMbox, TextBeforeTheFirstMessageIsReported) {
  // Such a file is not taken for an mbox by its content; its name says it.
  const std::string file =
      write_file("dir/odd.mbox", "garbage\n" + std::string(kFrom) + "A: 1\n\none\n");
  EXPECT_EQ(import({path("dir").string()}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr(file + ": text before the first message"));
  EXPECT_THAT(octets("ann"), ElementsAre("A: 1\r\n\r\none\r\n"));
}

TEST_F(ImportMbox, LinesLongerThanAnyBufferComeThrough) {
  const std::string line(300'000, 'x');
  EXPECT_THAT(import_mbox(std::string(kFrom) + "A: 1\n\n" + line + "\nFrom " + line + "\n\n"),
              ElementsAre("A: 1\r\n\r\n" + line + "\r\nFrom " + line + "\r\n"));
}

TEST_F(ImportMbox, AnEmptyMessageIsReportedAndTheRestImported) {
  const std::string from(kFrom);
  const std::string file = write_file("test", from + "A: 1\n\none\n\n" + from + from + "A: 3\n\n");
  EXPECT_EQ(import({file}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr(file + ", message 2: is empty"));
  EXPECT_THAT(octets("ann"), ElementsAre("A: 1\r\n\r\none\r\n", "A: 3\r\n"));
  EXPECT_THAT(out(),
              AllOf(StartsWith("Imported 2 messages"), EndsWith("; 1 could not be imported\n")));
}

TEST_F(ImportMbox, ManyMessagesTakeManyCommits) {
  std::string content;
  const std::size_t count = 2 * Importer::kBatchMessages + 7;
  for (std::size_t i = 0; i < count; ++i) {
    content += std::string(kFrom) + "Subject: " + std::to_string(i) + "\n\n.\n\n";
  }
  const auto stored = import_mbox(content);
  ASSERT_EQ(stored.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(stored[i], "Subject: " + std::to_string(i) + "\r\n\r\n.\r\n");
  }
}

TEST_F(ImportMaildir, TakesFlagsDatesAndFolders) {
  write_file("md/cur/2.b:2,FS", "A: 2\n\n", 200);
  write_file("md/new/1.a", "A: 1\n\n", 100);
  write_file("md/cur/.hidden", "A: x\n\n");
  write_file("md/tmp/3.c", "A: 3\n\n");
  write_file("md/dovecot-uidlist", "x");
  write_file("md/.Work.M&APw-ll/cur/3.c:2,P", "A: 3\n\n", 300);
  write_file("md/.Work.M&APw-ll/maildirfolder", "");
  std::filesystem::create_directories(path("md/.Empty"));
  EXPECT_EQ(import({path("md").string()}), exit_code::ok) << err();
  const auto inbox = messages("ann");
  ASSERT_EQ(inbox.size(), 2U);
  EXPECT_EQ(inbox[0].octets, "A: 1\r\n\r\n");
  EXPECT_EQ(inbox[0].row.internal_date.seconds, 100);
  EXPECT_EQ(inbox[0].row.flags, 0U);
  EXPECT_EQ(inbox[1].row.flags, store::flag::flagged | store::flag::seen);
  EXPECT_EQ(inbox[1].row.internal_date.seconds, 200);
  const auto folder = messages("ann", "Work/M\xc3\xbcll");
  ASSERT_EQ(folder.size(), 1U);
  EXPECT_NE(folder[0].row.flags, 0U) << "$Forwarded";
}

TEST_F(ImportMaildir, KeepsWhatDovecotKnew) {
  write_file("md/cur/2.b,S=8:2,FSa", "A: 2\n\n", 200);
  write_file("md/cur/1.a:2,", "A: 1\n\n", 300);
  write_file("md/new/3.c", "A: 3\n\n", 100);
  write_file("md/dovecot-uidlist", "3 V1111 N30\n5 :2.b,S=8:2,\n9 Pold-id :1.a:2,S\n12 :gone\n");
  write_file("md/dovecot-keywords", "0 Work\n");
  write_file("md/subscriptions", "Sub\nTrash\n");
  write_file("md/.Sub/cur/1.x:2,", "A: 4\n\n");
  write_file("md/.Sub/dovecot-uidlist", "1 2222 8\n7 1.x\n");
  std::filesystem::create_directories(path("md/.Other/cur"));
  EXPECT_EQ(import({path("md").string()}), exit_code::ok) << err();
  const auto inbox = messages("ann");
  ASSERT_EQ(inbox.size(), 3U);
  EXPECT_EQ(mailbox("ann", "INBOX").uid_validity, 1111U);
  EXPECT_EQ(inbox[0].octets, "A: 2\r\n\r\n");
  EXPECT_EQ(inbox[0].row.uid, store::Uid{5});
  EXPECT_EQ(inbox[1].row.uid, store::Uid{9});
  EXPECT_EQ(inbox[2].octets, "A: 3\r\n\r\n");
  EXPECT_EQ(inbox[2].row.uid, store::Uid{30}) << "after all UIDs that Dovecot gave";
  EXPECT_THAT(*mailbox("ann", "INBOX").keywords, ElementsAre("Work"));
  EXPECT_EQ(mailbox("ann", "Sub").uid_validity, 2222U);
  EXPECT_EQ(mailbox("ann", "Sub").uid_next, store::Uid{8});
  EXPECT_TRUE(mailbox("ann", "Sub").subscribed);
  EXPECT_TRUE(mailbox("ann", "Trash").subscribed);
  EXPECT_FALSE(mailbox("ann", "Other").subscribed);
  const auto store = store::Store::open(config_.data_dir);
  const auto account = store->open_account("ann").value();
  const auto ids = account->pop3_ids(account->mailbox("INBOX")->id).value();
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_EQ(ids[0].second, "0000000500000457") << "as Dovecot makes them";
  EXPECT_EQ(ids[1].second, "old-id");
}

TEST_F(ImportMaildir, KeepsWhatCourierKnew) {
  write_file("md/cur/1.a:2,S", "A: 1\n\n", 100);
  write_file("md/cur/2.b:2,", "A: 2\n\n", 50);
  write_file("md/courierimapuiddb", "1 1111 30\n5 1.a\n9 2.b:2,S\n");
  write_file("md/courierpop3dsizelist", "/2 7 2222\n1.a:2,S 9 5:2222\n");
  write_file("md/courierimapkeywords/:list", "Work\nHome\n\n1.a:0\n2.b:0 1\n");
  write_file("md/courierimapkeywords/.1.2.b", "Home\n");
  write_file("md/courierimapkeywords/.2.2.b", "Late\n");
  write_file("md/courierimapsubscribed", "INBOX.Sub\n");
  std::filesystem::create_directories(path("md/.Sub/cur"));
  EXPECT_EQ(import({path("md").string()}), exit_code::ok) << err();
  const auto inbox = messages("ann");
  ASSERT_EQ(inbox.size(), 2U);
  EXPECT_EQ(inbox[0].row.uid, store::Uid{5});
  EXPECT_EQ(inbox[1].row.uid, store::Uid{9});
  EXPECT_THAT(*mailbox("ann", "INBOX").keywords, ElementsAre("Work", "Late"));
  EXPECT_TRUE(mailbox("ann", "Sub").subscribed);
  const auto store = store::Store::open(config_.data_dir);
  const auto account = store->open_account("ann").value();
  const auto ids = account->pop3_ids(account->mailbox("INBOX")->id).value();
  ASSERT_EQ(ids.size(), 1U);
  EXPECT_EQ(ids[0].second, "UID5-2222");
}

TEST_F(ImportMaildir, MailIsKeptAndGetsNewUidsWhereThereIsOther) {
  deliver("ann", "INBOX", {"A: 0\r\n\r\n"});
  write_file("md/cur/1.a:2,", "A: 1\n\n");
  write_file("md/dovecot-uidlist", "3 V1111 N30\n5 :1.a\n");
  EXPECT_EQ(import({path("md").string()}), exit_code::ok);
  EXPECT_THAT(err(), HasSubstr("INBOX: has had other mail, so that messages get new UIDs"));
  EXPECT_THAT(octets("ann"), ElementsAre("A: 0\r\n\r\n", "A: 1\r\n\r\n"));
  EXPECT_EQ(import({path("md").string()}), exit_code::ok);
  EXPECT_EQ(octets("ann").size(), 2U) << "known by its UID there";
}

TEST_F(ImportMaildir, TwoWithUidsComeIntoOneMailbox) {
  write_file("one/cur/1.a:2,", "A: 1\n\n");
  write_file("one/dovecot-uidlist", "3 V1111 N30\n5 :1.a\n");
  write_file("two/cur/1.b:2,", "A: 2\n\n");
  write_file("two/cur/2.b:2,", "A: 3\n\n");
  write_file("two/dovecot-uidlist", "3 V2222 N40\n5 :1.b\n6 :2.b\n");
  EXPECT_EQ(import({path("one").string(), path("two").string()}), exit_code::ok) << err();
  EXPECT_THAT(octets("ann"), ElementsAre("A: 1\r\n\r\n", "A: 2\r\n\r\n", "A: 3\r\n\r\n"));
}

TEST_F(ImportMaildir, WhatQuotaRefusedComesWithALaterImport) {
  const std::size_t count = 2 * Importer::kBatchMessages + 50;
  std::string list = "3 V1111 N9999\n";
  for (std::size_t i = 1; i <= count; ++i) {
    const std::string name = std::to_string(i) + ".a";
    write_file("md/cur/" + name + ":2,", "A: 1\n\n");
    list += std::to_string(i) + " :" + name + "\n";
  }
  write_file("md/dovecot-uidlist", list);
  const std::string most = std::to_string(Importer::kBatchMessages + 100);
  EXPECT_EQ(run({"user", "quota", "ann", "--messages", most}), exit_code::ok) << err();
  EXPECT_EQ(import({path("md").string()}), exit_code::failed);
  EXPECT_EQ(octets("ann").size(), Importer::kBatchMessages) << "no later ones";
  EXPECT_EQ(run({"user", "quota", "ann", "--messages", "none"}), exit_code::ok) << err();
  EXPECT_EQ(import({path("md").string()}), exit_code::ok) << err();
  EXPECT_EQ(octets("ann").size(), count);
}

TEST_F(ImportMaildir, CompressedFilesAreNoMessages) {
  write_file("md/cur/1.a,S=8:2,", std::string("\x1f\x8b\x08\0rest", 8));
  EXPECT_EQ(import({path("md").string()}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("1.a,S=8:2,: is compressed"));
  EXPECT_TRUE(octets("ann").empty());
}

TEST_F(ImportMaildir, KeywordsBeyondTheLimitAreLeftOut) {
  std::string list;
  std::string numbers;
  for (int i = 0; i < 60; ++i) {
    list += "Keyword" + std::to_string(i) + "\n";
    numbers += (i > 0 ? " " : "") + std::to_string(i);
  }
  write_file("md/cur/1.a:2,", "A: 1\n\n");
  write_file("md/courierimapkeywords/:list", list + "\n1.a:" + numbers + "\n");
  EXPECT_EQ(import({path("md").string()}), exit_code::ok);
  EXPECT_THAT(err(), HasSubstr("a keyword is left out, which is none or one too many: Keyword58"));
  EXPECT_EQ(mailbox("ann", "INBOX").keywords->size(), store::kMaxKeywords);
}

TEST_F(ImportMaildir, UniqueIdsCanBeMadeAsTheServerMadeThem) {
  write_file("md/cur/1.a:2,", "A: 1\n\n");
  write_file("md/courierimapuiddb", "1 1111 30\n5 1.a\n");
  EXPECT_EQ(import({path("md").string(), "--pop3-uidl", "%f"}), exit_code::ok) << err();
  const auto store = store::Store::open(config_.data_dir);
  const auto account = store->open_account("ann").value();
  EXPECT_EQ(account->pop3_ids(account->mailbox("INBOX")->id).value().at(0).second, "1.a");
  EXPECT_EQ(import({path("md").string(), "--pop3-uidl", "%v"}), exit_code::usage);
}

TEST_F(ImportMbox, KeepsUidsAndKeywordsOfOtherPrograms) {
  const std::string from(kFrom);
  import_mbox(from + "X-IMAPbase: 1111 0000000040 Work\nX-UID: 5\nX-Keywords: Work\nA: 1\n\n\n" +
              from + "X-UID: 9\nStatus: RO\nX-UIDL: abc\nA: 2\n\n\n" + from + "X-UID: 9\n\n\n" +
              from + "X-UID: 20\n\n\n");
  EXPECT_EQ(mailbox("ann", "INBOX").uid_validity, 1111U);
  const auto inbox = messages("ann");
  ASSERT_EQ(inbox.size(), 4U);
  EXPECT_EQ(inbox[0].row.uid, store::Uid{5});
  EXPECT_EQ(inbox[1].row.uid, store::Uid{9});
  EXPECT_EQ(inbox[2].row.uid, store::Uid{41}) << "UIDs that do not ascend are none";
  EXPECT_EQ(inbox[3].row.uid, store::Uid{42});
  EXPECT_THAT(*mailbox("ann", "INBOX").keywords, ElementsAre("Work"));
}

TEST_F(ImportMbox, AMessageThatOnlyHoldsDataIsNone) {
  const std::string from(kFrom);
  EXPECT_THAT(import_mbox(from +
                          "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n"
                          "X-IMAP: 1111 0000000007\nStatus: RO\n\ntext\n\n" +
                          from + "X-UID: 7\n\n\n"),
              ElementsAre("X-UID: 7\r\n\r\n"));
  EXPECT_EQ(messages("ann").at(0).row.uid, store::Uid{7});
}

TEST_F(ImportMaildir, GoesBelowTheMailboxThatIsNamed) {
  write_file("md/cur/1.a:2,", "A: 1\n\n");
  write_file("md/.Sub/new/2.b", "A: 2\n\n");
  EXPECT_EQ(import({path("md").string(), "--mailbox", "Old"}), exit_code::ok);
  EXPECT_EQ(octets("ann", "Old").size(), 1U);
  EXPECT_EQ(octets("ann", "Old/Sub").size(), 1U);
  EXPECT_EQ(octets("ann").size(), 0U);
}

TEST_F(ImportMaildir, MaildirsInADirectoryAreFolders) {
  write_file("mail/work/cur/1.a:2,", "A: 1\n\n");
  write_file("mail/work/deep/new/1.a", "A: 2\n\n");
  EXPECT_EQ(import({path("mail").string()}), exit_code::ok);
  EXPECT_EQ(octets("ann", "work").size(), 1U);
  EXPECT_EQ(octets("ann", "work/deep").size(), 1U);
}

TEST_F(ImportMaildir, AFolderThatCanHaveNoMailboxIsReported) {
  write_file("md/cur/1.a:2,", "A: 1\n\n");
  write_file("md/.A..B/cur/1.a:2,", "A: 1\n\n");
  EXPECT_EQ(import({path("md").string()}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr(".A..B: not a folder name"));
  EXPECT_EQ(octets("ann").size(), 1U);
}

TEST_F(ImportFiles, TakesSingleMessagesAndDirectories) {
  const std::string date = "Date: Thu, 1 Jan 1970 00:00:05 +0000\r\n\r\n";
  write_file("dir/b.eml", "A: 2\r\n" + date);
  write_file("dir/a.EML", "A: 1\r\n" + date);
  write_file("dir/sub/c.eml", "A: 3\r\n" + date);
  write_file("dir/notes.txt", "no mail");
  const std::string alone = write_file("alone", "A: 4\r\n\r\n", 7);
  EXPECT_EQ(import({path("dir").string(), alone}), exit_code::ok) << err();
  const auto stored = messages("ann");
  ASSERT_EQ(stored.size(), 4U);
  EXPECT_EQ(stored[0].row.internal_date.seconds, 5);
  EXPECT_EQ(stored[3].octets, "A: 4\r\n\r\n");
  EXPECT_EQ(stored[3].row.internal_date.seconds, 7) << "the file's time";
}

TEST_F(ImportFiles, ChangesLineEndsOnlyWhereAllAreLf) {
  write_file("dir/1.eml", "A: 1\n\nx\n");
  write_file("dir/2.eml", "A: 2\r\n\nmixed\n");
  write_file("dir/3.eml", "A: 3\rno line feed");
  EXPECT_EQ(import({path("dir").string()}), exit_code::ok);
  EXPECT_THAT(octets("ann"),
              ElementsAre("A: 1\r\n\r\nx\r\n", "A: 2\r\n\nmixed\n", "A: 3\rno line feed"));
  EXPECT_EQ(import({path("dir/1.eml").string(), "--verbatim", "--mailbox=V"}), exit_code::ok);
  EXPECT_THAT(octets("ann", "V"), ElementsAre("A: 1\n\nx\n"));
}

TEST_F(ImportFiles, LongFilesAreChangedThroughout) {
  std::string content = "A: 1\n\n";
  while (content.size() < 600'000) content += "0123456789\n";
  write_file("long.eml", content);
  EXPECT_EQ(import({path("long.eml").string()}), exit_code::ok);
  const auto stored = octets("ann");
  ASSERT_EQ(stored.size(), 1U);
  EXPECT_EQ(stored[0].size(), content.size() + 2 + (content.size() - 6) / 11);
  EXPECT_EQ(stored[0].find("9\n"), std::string::npos);
}

TEST_F(ImportFiles, ReportsWhatCannotBeReadAndGoesOn) {
  write_file("dir/1.eml", "");
  write_file("dir/2.eml", "A: 2\r\n\r\n");
  EXPECT_EQ(import({path("nowhere").string(), path("dir").string(), path("data").string()}),
            exit_code::failed);
  EXPECT_THAT(err(), AllOf(HasSubstr("nowhere: No such file"), HasSubstr("1.eml: is empty"),
                           HasSubstr("data: no mail in it")));
  EXPECT_THAT(octets("ann"), ElementsAre("A: 2\r\n\r\n"));
  EXPECT_THAT(out(), EndsWith("; 3 could not be imported\n"));
}

TEST_F(ImportFiles, LinksAndPipesBelowADirectoryAreRefused) {
  const std::string secret = write_file("secret", std::string(kFrom) + "A: 0\n\n");
  write_file("md/cur/1.a:2,", "A: 1\n\n");
  std::filesystem::create_symlink(secret, path("md/cur/2.b:2,"));
  std::filesystem::create_symlink(secret, path("md/subscriptions"));
  std::filesystem::create_directories(path("dir"));
  std::filesystem::create_symlink(secret, path("dir/link.eml"));
  std::filesystem::create_symlink(secret, path("dir/link.mbox"));
  ASSERT_EQ(::mkfifo(path("dir/pipe.mbox").c_str(), 0600), 0);
  EXPECT_EQ(import({path("md").string(), path("dir").string()}), exit_code::failed);
  for (const char* name : {"2.b:2,", "link.eml", "link.mbox", "pipe.mbox"}) {
    EXPECT_THAT(err(), HasSubstr(std::string(name) + ": not a file of its own"));
  }
  EXPECT_THAT(octets("ann"), ElementsAre("A: 1\r\n\r\n"));
  std::filesystem::create_symlink(secret, path("named"));
  EXPECT_EQ(import({path("named").string()}), exit_code::ok) << err();
  EXPECT_EQ(octets("ann").size(), 2U) << "the command line may name a link";
}

TEST_F(ImportFiles, RefusesMessagesThatAreTooLong) {
  config_.max_message_bytes = 100;
  write_file("dir/1.eml", "A: 1\r\n\r\n" + std::string(93, 'x'));
  write_file("dir/2.eml", "A: 2\r\n\r\n" + std::string(92, 'x'));
  EXPECT_EQ(import({path("dir").string()}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("1.eml: has 101 octets"));
  EXPECT_EQ(octets("ann").size(), 1U);
}

TEST_F(ImportFiles, RefusesUnknownAccountsAndImpossibleMailboxes) {
  write_file("1.eml", "A: 1\r\n\r\n");
  EXPECT_EQ(run({"import", "eve", path("1.eml").string()}), exit_code::failed);
  EXPECT_THAT(err(), StartsWith("mailkeep: eve: "));
  EXPECT_EQ(import({path("1.eml").string(), "--mailbox", "a//b"}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("a//b: "));
}

TEST_F(ImportFiles, InboxIsInboxInAnyCase) {
  write_file("1.eml", "A: 1\r\n\r\n");
  EXPECT_EQ(import({path("1.eml").string(), "--mailbox", "inbox"}), exit_code::ok);
  EXPECT_EQ(octets("ann").size(), 1U);
}

}  // namespace
}  // namespace mailkeep::server
