// Names of Maildir++, line ends, dates of headers, words of the command line, numbers for people.
#include <gtest/gtest.h>

#include "server/admin/arguments.h"
#include "server/admin/arrival_date.h"
#include "server/admin/line_ends.h"
#include "server/admin/maildir_names.h"
#include "server/admin/progress.h"

namespace mailkeep::server {
namespace {

TEST(MaildirNames, FlagsComeFromTheFileName) {
  EXPECT_EQ(flags_of_file_name("1.x:2,").system, 0U);
  EXPECT_EQ(flags_of_file_name("1.x").system, 0U);
  EXPECT_EQ(flags_of_file_name("1.x,S=2,FS").system, 0U);
  EXPECT_EQ(flags_of_file_name("1.x:2,DFRSTa").system, store::flag::system);
  EXPECT_EQ(flags_of_file_name("1.x;2,S").system, store::flag::seen);
  EXPECT_EQ(flags_of_file_name("1.x:2,P").keywords, std::vector<std::string>{"$Forwarded"});
}

TEST(MaildirNames, FlagsGoIntoTheFileName) {
  store::FlagSet flags;
  EXPECT_EQ(maildir_flags(flags), "");
  flags.system = store::flag::system;
  flags.keywords = {"other", "$forwarded"};
  EXPECT_EQ(maildir_flags(flags), "DFPRST");
}

TEST(MaildirNames, FoldersGoBothWays) {
  EXPECT_EQ(folder_directory("Work"), ".Work");
  EXPECT_EQ(folder_directory("Work/2024"), ".Work.2024");
  EXPECT_EQ(folder_directory("M\xc3\xbcll/a.b"), ".M&APw-ll.a&AC4-b");
  for (const std::string mailbox : {"Work", "A/B/C", "a.b/c.d", "M\xc3\xbcll", "\xc3\xbc.\xc3\xbc",
                                    "a&b", "\xe6\x97\xa5/\xe6\x9c\xac"}) {
    EXPECT_EQ(mailbox_of_folder(folder_directory(mailbox)), mailbox);
  }
}

TEST(MaildirNames, FoldersOfOtherProgramsAreRead) {
  EXPECT_EQ(mailbox_of_folder(".M\xc3\xbcll"), "M\xc3\xbcll");
  EXPECT_EQ(mailbox_of_folder("."), std::nullopt);
  EXPECT_EQ(mailbox_of_folder(".."), std::nullopt);
  EXPECT_EQ(mailbox_of_folder(".A..B"), std::nullopt);
  EXPECT_EQ(mailbox_of_folder(".A."), std::nullopt);
  EXPECT_EQ(mailbox_of_folder("cur"), std::nullopt);
  EXPECT_EQ(mailbox_of_folder(".\xff"), std::nullopt);
}

LineEndCheck checked(std::string_view text, std::size_t cut) {
  LineEndCheck check;
  check.feed(text.substr(0, cut));
  check.feed(text.substr(cut));
  return check;
}

TEST(LineEnds, AreFoundWhereverTheTextIsCut) {
  const std::string text = "a\r\nb\r\n\r\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_TRUE(checked(text, cut).has_crlf());
    EXPECT_FALSE(checked(text, cut).has_bare_lf()) << cut;
    EXPECT_FALSE(checked(text, cut).has_bare_cr()) << cut;
    EXPECT_TRUE(checked(text + '\n', cut).has_bare_lf());
    EXPECT_TRUE(checked(text + '\r', cut).has_bare_cr());
    EXPECT_TRUE(checked("x\ry" + text, cut).has_bare_cr());
  }
}

TEST(LineEnds, AreChangedWhereverTheTextIsCut) {
  const std::string text = "a\nb\r\n\n\rc";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    std::string crlf;
    bool after_cr = false;
    append_with_crlf(crlf, std::string_view(text).substr(0, cut), after_cr);
    append_with_crlf(crlf, std::string_view(text).substr(cut), after_cr);
    EXPECT_EQ(crlf, "a\r\nb\r\n\r\n\rc") << cut;
  }
  std::string lf = "x";
  append_with_lf(lf, "a\r\n\r\nb");
  EXPECT_EQ(lf, "xa\n\nb");
}

TEST(ArrivalDate, IsTheLastHopOrTheDateField) {
  EXPECT_EQ(arrival_date("Date: Thu, 1 Jan 1970 00:00:05 +0000\r\n\r\n")->seconds, 5);
  EXPECT_EQ(arrival_date("Date: Thu, 1 Jan 1970 00:00:05 +0000\n"
                         "Received: by x; Thu, 1 Jan 1970 01:00:09 +0100\n"
                         "Received: by y; Thu, 1 Jan 1970 00:00:01 +0000\n\n"),
            (store::InternalDate{9, 60}));
  EXPECT_EQ(arrival_date("Received: by x\r\nReceived: by y; nonsense\r\nSubject: x\r\n\r\n"),
            std::nullopt);
  EXPECT_EQ(arrival_date("\r\nDate: Thu, 1 Jan 1970 00:00:05 +0000\r\n"), std::nullopt);
}

TEST(ArgumentsTest, TakeOptionsAnywhere) {
  const Arguments arguments({"a", "--flag", "--to", "x", "b", "--mailbox=y=z", "--", "--flag"},
                            {"--flag"}, {"--to", "--mailbox"});
  EXPECT_TRUE(arguments.has("--flag"));
  EXPECT_EQ(arguments.value("--to"), "x");
  EXPECT_EQ(arguments.value("--mailbox"), "y=z");
  EXPECT_EQ(arguments.plain(), (std::vector<std::string>{"a", "b", "--flag"}));
  EXPECT_THROW(arguments.expect_plain(4, 9, "more"), AdminUsageError);
  EXPECT_THROW(arguments.expect_plain(0, 2, "more"), AdminUsageError);
}

TEST(ArgumentsTest, RefuseWhatMakesNoSense) {
  const auto parse = [](const std::vector<std::string>& words) {
    return Arguments(words, {"--flag"}, {"--to"});
  };
  EXPECT_THROW(parse({"--flag=1"}), AdminUsageError);
  EXPECT_THROW(parse({"--to"}), AdminUsageError);
  EXPECT_THROW(parse({"--to", "a", "--to", "b"}), AdminUsageError);
  EXPECT_THROW(parse({"--other"}), AdminUsageError);
}

TEST(ProgressTest, DrawsABarOnATerminal) {
  std::ostringstream out;
  const Progress::Clock::time_point start{std::chrono::hours(1)};
  {
    Progress progress(out, true, "Imported", 1000, start);
    progress.update(250, 1234, start + std::chrono::seconds(2));
    progress.update(500, 2000, start + std::chrono::milliseconds(2050));  // too soon
    progress.say("a complaint");
  }
  EXPECT_EQ(out.str(),
            "\r[#####...............]  25%  1,234 messages  617/s  0:06 left\x1b[K"
            "\r\x1b[Ka complaint\n");
}

TEST(ProgressTest, WritesLinesElsewhere) {
  std::ostringstream out;
  const Progress::Clock::time_point start{std::chrono::hours(1)};
  Progress progress(out, false, "Imported", 1000, start);
  progress.update(1, 1, start + std::chrono::seconds(1));
  EXPECT_EQ(out.str(), "");
  progress.update(2, 20000, start + std::chrono::seconds(10));
  EXPECT_EQ(out.str(), "Imported 20000 messages\n");
}

TEST(ProgressTest, NumbersAreForPeople) {
  EXPECT_EQ(with_separators(0), "0");
  EXPECT_EQ(with_separators(999), "999");
  EXPECT_EQ(with_separators(1234567), "1,234,567");
  EXPECT_EQ(readable_bytes(999), "999 octets");
  EXPECT_EQ(readable_bytes(12345), "12.3 kB");
  EXPECT_EQ(readable_bytes(999'999), "1.0 MB");
  EXPECT_EQ(readable_duration(std::chrono::seconds(187)), "3:07");
  EXPECT_EQ(readable_duration(std::chrono::seconds(3723)), "1:02:03");
}

}  // namespace
}  // namespace mailkeep::server
