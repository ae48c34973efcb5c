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
  EXPECT_EQ(read_file(path("x.mbox")),
            "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nStatus: O\nX-Status: \n"
            "A: 1\n\n>From x\n\n"
            "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nStatus: O\nX-Status: \n"
            "A: 2\n\nno end\n\n");
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
