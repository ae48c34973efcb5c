#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/admin/export_command.h"
#include "server/exit_code.h"
#include "tests/unit/server/admin/admin_fixture.h"

namespace mailkeep::server {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What is hard to carry through files.
const std::vector<std::string> kMessages = {
    "A: 1\r\n\r\nplain\r\n",
    "A: 2\r\n\r\nFrom here\r\n>From there\r\n>>From x\r\nFrom\r\n>>\r\n",
    "A: 3\r\n\r\nbare\nline ends\r\n",
    "A: 4\r\n\r\nbare\rcr\r\n\r\n\r\n",
    "\r\nno header\r\n",
    "Status: RO\r\nX-Status: F\r\n\r\nown fields\r\n",
    std::string("A: 5\r\n\r\n\0nul\x80\xff\r\n", 16),
    "From x@y Thu Jan  1 00:00:00 1970\r\nA: 6\r\n\r\n",
};

class ExportTest : public AdminTest {
 protected:
  ExportTest() {
    add_account("ann");
    add_account("bob");
  }
  std::string target(const std::string& name) const { return path(name).string(); }
};

TEST_F(ExportTest, MboxAndBackGivesTheSameOctetsFlagsAndDates) {
  deliver("ann", "INBOX", kMessages, {store::flag::seen | store::flag::flagged, {}}, {1000, 60});
  deliver("ann", "INBOX", {"A: 7\r\n\r\n"}, {store::flag::draft, {}}, {2000, 0});
  EXPECT_EQ(run({"export", "ann", "--to", target("x.mbox")}), exit_code::ok) << err();
  EXPECT_THAT(out(), StartsWith("Exported 9 messages ("));
  EXPECT_EQ(run({"import", "bob", target("x.mbox")}), exit_code::ok) << err();
  EXPECT_THAT(octets("bob"), ElementsAreArray(octets("ann")));
  const auto stored = messages("bob");
  EXPECT_EQ(stored[0].row.flags, store::flag::seen | store::flag::flagged);
  EXPECT_EQ(stored[0].row.internal_date.seconds, 1000);
  EXPECT_EQ(stored[8].row.flags, store::flag::draft);
}

TEST_F(ExportTest, MboxIsReadableByOthers) {
  deliver("ann", "INBOX", {"A: 1\r\n\r\nFrom x\r\n", "A: 2\r\n\r\nno end"});
  run({"export", "ann", "--to", target("x.mbox")});
  const std::string validity = std::to_string(mailbox("ann", "INBOX").uid_validity);
  EXPECT_EQ(read_file(path("x.mbox")),
            "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nStatus: O\nX-Status: \n"
            "X-Keywords: \nX-UID: 1\nX-IMAPbase: " +
                validity + " 0000000002\nX-UIDL: " + validity +
                ".1\nA: 1\n\n>From x\n\n"
                "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nStatus: O\nX-Status: \n"
                "X-Keywords: \nX-UID: 2\nX-UIDL: " +
                validity + ".2\nA: 2\n\nno end\n\n");
}

TEST_F(ExportTest, MaildirAndBackGivesTheSame) {
  deliver("ann", "INBOX", kMessages, {store::flag::answered, {"$Forwarded"}}, {1000, 0});
  deliver("ann", "Work/a.b", {"A: 9\r\n\r\n", "A: 10\r\n\r\nno end"}, {}, {3000, 0});
  EXPECT_EQ(run({"export", "ann", "--to", target("md")}), exit_code::ok) << err();
  EXPECT_TRUE(fs::exists(path("md/.Work.a&AC4-b/maildirfolder")));
  EXPECT_TRUE(fs::is_directory(path("md/.Trash/cur"))) << "empty ones, too";
  EXPECT_EQ(run({"import", "bob", target("md")}), exit_code::ok) << err();
  EXPECT_THAT(octets("bob"), ::testing::UnorderedElementsAreArray(octets("ann")));
  EXPECT_THAT(octets("bob", "Work/a.b"), ElementsAreArray(octets("ann", "Work/a.b")));
  const auto stored = messages("bob");
  EXPECT_EQ(stored[0].row.flags, messages("ann")[0].row.flags);
  EXPECT_EQ(stored[0].row.internal_date.seconds, 1000);
}

// An account as another server might have left it: gaps, keywords, zones, POP3 ids.
class RoundTripTest : public ExportTest {
 protected:
  RoundTripTest() {
    const auto store = store::Store::open(config_.data_dir);
    const auto account = store->open_account("ann").value();
    fill(*account, "INBOX", 1234567890, 20);
    fill(*account, "Work/a.b", 987654321, 3);
    account->adopt_mailbox("Empty", "test", 55).value();
    account->advance_origin(account->mailbox("Empty")->id, store::Uid{77}, {}).value();
    account->subscribe("Work/a.b", true).value();
    account->subscribe("Junk", false).value();
  }

  static void fill(store::Account& account, const std::string& name, std::uint32_t uid_validity,
                   std::uint32_t first_uid) {
    const auto adopted = account.adopt_mailbox(name, "test", uid_validity).value();
    std::vector<store::NewMessage> messages;
    std::uint32_t uid = first_uid;
    for (const std::string& text : kMessages) {
      auto& message = messages.emplace_back(account.begin_upload(), store::FlagSet{},
                                            store::InternalDate{1'600'000'000 + uid, 0});
      message.upload.write(text);
      message.origin_uid = store::Uid{uid};
      if (name == "INBOX") message.pop3_id = "id-" + std::to_string(uid);
      message.flags.system = uid % 32;
      message.internal_date.zone_minutes = static_cast<std::int32_t>(uid % 3) * 90 - 90;
      for (std::uint32_t i = 0; i < uid % 40; ++i) {
        message.flags.keywords.push_back("Keyword" + std::to_string(i));
      }
      uid += 1 + uid / 2;
    }
    account.append(name, std::move(messages)).value();
    account.advance_origin(adopted.info.id, store::Uid{uid + 100}, {}).value();
  }

  struct Whole {
    std::uint32_t uid_validity;
    std::uint32_t uid_next;
    std::vector<std::string> messages;  // everything about each
    friend bool operator==(const Whole&, const Whole&) = default;
  };
  Whole whole(const std::string& account, const std::string& name) {
    const store::MailboxInfo info = mailbox(account, name);
    Whole result{info.uid_validity, info.uid_next.value, {}};
    std::map<store::Uid, std::string> ids;
    {
      const auto store = store::Store::open(config_.data_dir);
      const auto opened = store->open_account(account).value();
      const auto kept = opened->pop3_ids(info.id).value();
      for (const auto& [uid, id] : kept) ids[uid] = id;
    }
    for (const Stored& stored : messages(account, name)) {
      std::set<std::string> keywords;
      for (std::size_t i = 0; i < info.keywords->size(); ++i) {
        if ((stored.row.flags >> (store::kFirstKeywordBit + i) & 1) != 0) {
          keywords.insert((*info.keywords)[i]);
        }
      }
      std::string text = std::to_string(stored.row.uid.value) + ' ' +
                         std::to_string(stored.row.flags & store::flag::system) + ' ' +
                         std::to_string(stored.row.internal_date.seconds) + ' ' +
                         std::to_string(stored.row.internal_date.zone_minutes) + ' ' +
                         ids[stored.row.uid] + '\n' + stored.octets;
      for (const std::string& keyword : keywords) text += ' ' + keyword;
      result.messages.push_back(std::move(text));
    }
    return result;
  }
  std::vector<std::string> subscriptions(const std::string& account) {
    const auto store = store::Store::open(config_.data_dir);
    return store->open_account(account).value()->subscriptions().value();
  }
};

TEST_F(RoundTripTest, AMaildirKeepsEverything) {
  EXPECT_EQ(run({"export", "ann", "--to", target("md")}), exit_code::ok) << err();
  EXPECT_EQ(run({"import", "bob", target("md")}), exit_code::ok) << err();
  for (const std::string name : {"INBOX", "Work/a.b", "Empty", "Trash"}) {
    EXPECT_EQ(whole("bob", name), whole("ann", name)) << name;
  }
  EXPECT_EQ(subscriptions("bob"), subscriptions("ann"));
  EXPECT_EQ(mailbox("bob", "Empty").uid_next, store::Uid{77});
}

TEST_F(RoundTripTest, AnMboxFileKeepsEverything) {
  EXPECT_EQ(run({"export", "ann", "--to", target("x.mbox")}), exit_code::ok) << err();
  EXPECT_EQ(run({"import", "bob", target("x.mbox")}), exit_code::ok) << err();
  EXPECT_EQ(whole("bob", "INBOX"), whole("ann", "INBOX"));
}

TEST_F(RoundTripTest, ASecondImportBringsNothingTwice) {
  EXPECT_EQ(run({"export", "ann", "--to", target("md")}), exit_code::ok) << err();
  EXPECT_EQ(run({"import", "bob", target("md")}), exit_code::ok) << err();
  EXPECT_EQ(run({"import", "bob", target("md")}), exit_code::ok) << err();
  EXPECT_THAT(out(), HasSubstr("Imported 0 messages"));
  EXPECT_THAT(out(), HasSubstr("; 16 were imported before"));
  EXPECT_EQ(whole("bob", "INBOX"), whole("ann", "INBOX"));
}

TEST_F(ExportTest, VerbatimCarriesEverythingThroughAMaildir) {
  const std::vector<std::string> messages = {"A: 1\n\nonly lf\n", "A: 2\r\n\r\n"};
  deliver("ann", "INBOX", messages);
  EXPECT_EQ(run({"export", "ann", "--to", target("md"), "--verbatim"}), exit_code::ok);
  EXPECT_EQ(run({"import", "bob", target("md"), "--verbatim"}), exit_code::ok);
  EXPECT_THAT(octets("bob"), ElementsAreArray(messages));
}

TEST_F(ExportTest, OneMailboxIsTheMaildirItself) {
  deliver("ann", "Work", {"A: 1\r\n\r\n"});
  EXPECT_EQ(run({"export", "ann", "--mailbox", "Work", "--to", target("md")}), exit_code::ok);
  EXPECT_FALSE(fs::exists(path("md/.Work")));
  EXPECT_FALSE(fs::is_empty(path("md/cur")));
}

TEST_F(ExportTest, LongMessagesComeInPieces) {
  std::string text = "A: 1\r\n\r\n";
  while (text.size() < 700'000) text += "From 0123456789\r\n";
  deliver("ann", "INBOX", {text});
  EXPECT_EQ(run({"export", "ann", "--to", target("x.mbox")}), exit_code::ok);
  EXPECT_EQ(run({"import", "bob", target("x.mbox")}), exit_code::ok);
  EXPECT_TRUE(octets("bob") == std::vector<std::string>{text});
}

TEST_F(ExportTest, OverwritesNothing) {
  write_file("x.mbox", "mine");
  write_file("md/file", "mine");
  EXPECT_EQ(run({"export", "ann", "--to", target("x.mbox")}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("x.mbox: File exists"));
  EXPECT_EQ(run({"export", "ann", "--to", target("md")}), exit_code::failed);
  EXPECT_THAT(err(), HasSubstr("not an empty directory"));
  EXPECT_EQ(read_file(path("x.mbox")), "mine");
}

TEST_F(ExportTest, SaysWhatDoesNotExist) {
  EXPECT_EQ(run({"export", "eve", "--to", target("md")}), exit_code::failed);
  EXPECT_EQ(run({"export", "ann", "--mailbox", "Nope", "--to", target("md")}), exit_code::failed);
  EXPECT_THAT(err(), StartsWith("mailkeep: Nope: "));
}

}  // namespace
}  // namespace mailkeep::server
