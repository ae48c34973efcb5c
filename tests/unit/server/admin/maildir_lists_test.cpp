// The files that Dovecot and Courier keep beside a Maildir's messages, and POP3 ids.
#include "server/admin/maildir_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/admin/maildir_names.h"
#include "server/admin/mbox_fields.h"
#include "server/admin/pop3_id_format.h"

namespace mailkeep::server {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

TEST(UidLists, VersionThreeHasFields) {
  const auto list = parse_uid_list(
      "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n"
      "25006 :1276528487.M364837P9451.host,S=1355,W=1394:2,S\n"
      "25017 W2481 PUID5-12 O3 :1276533073.M242911P3632.host:2,F\n");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->uid_validity, 1275660208U);
  EXPECT_EQ(list->uid_next, 25022U);
  ASSERT_EQ(list->files.size(), 2U);
  EXPECT_EQ(list->files.at("1276528487.M364837P9451.host,S=1355,W=1394").uid, 25006U);
  EXPECT_EQ(list->files.at("1276533073.M242911P3632.host").pop3_id, "UID5-12");
}

TEST(UidLists, VersionOneIsDovecotsAndCouriers) {
  const auto list = parse_uid_list("1 1100000000 30\n7 12.a.host:2,S\n29 13.b.host\n");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->uid_validity, 1100000000U);
  EXPECT_EQ(list->uid_next, 30U);
  EXPECT_EQ(list->files.at("12.a.host").uid, 7U);
  EXPECT_EQ(list->files.at("13.b.host").uid, 29U);
}

TEST(UidLists, SenselessLinesArePassedOver) {
  const auto list = parse_uid_list(
      "3 V5 N2\n\nx :a\n0 :b\n4294967296 :c\n9 :d\n9 :e\n10\n11 P\n12 :d\n4294967295 :f");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->files.size(), 2U);
  EXPECT_EQ(list->files.at("d").uid, 9U) << "the first one counts";
  EXPECT_EQ(list->files.at("f").uid, 4294967295U);
  EXPECT_EQ(list->uid_next, 13U) << "above all that there are";
  for (const char* text : {"", "2 V1 N1\n", "3\n", "3 V0 N1\n", "1 x 3\n", "1 3\n", "garbage"}) {
    EXPECT_FALSE(parse_uid_list(text)) << text;
  }
}

TEST(UidLists, WhatIsWrittenIsRead) {
  const std::string text =
      uid_list_header(7, 100) + uid_list_line(5, "", "1.a:2,S") + uid_list_line(8, "7.8", "2.b:2,");
  const auto list = parse_uid_list(text);
  ASSERT_TRUE(list);
  EXPECT_EQ(list->uid_next, 100U);
  EXPECT_EQ(list->files.at("2.b").pop3_id, "7.8");
}

TEST(KeywordLists, DovecotsHaveALetterEach) {
  const auto keywords = parse_dovecot_keywords("0 $Forwarded\n2 Junk\n26 beyond\nx y\n25 last\n");
  ASSERT_EQ(keywords.size(), 26U);
  EXPECT_EQ(keywords[0], "$Forwarded");
  EXPECT_EQ(keywords[1], "");
  EXPECT_EQ(keywords[25], "last");
  EXPECT_THAT(flags_of_file_name("1.a:2,SPacz", keywords).keywords,
              ElementsAre("$Forwarded", "Junk", "last"));
  EXPECT_THAT(flags_of_file_name("1.a:2,S,a", keywords).keywords, ElementsAre());
}

TEST(KeywordLists, CouriersAreNumbersBehindNames) {
  const auto files =
      parse_courier_keywords("$Label1\nWork\n\n12.a.host:0 1\n13.b:host:1\nx\n14:7\n");
  EXPECT_THAT(files.at("12.a.host"), ElementsAre("$Label1", "Work"));
  EXPECT_THAT(files.at("13.b"), ElementsAre("Work"));
  EXPECT_THAT(files.at("14"), ElementsAre());
  EXPECT_EQ(parse_courier_keywords(make_courier_keywords(files)), files);
}

TEST(Pop3Lists, CouriersOfAllVersions) {
  const auto ids = parse_courier_pop3_list(
      "/2 100 1100000000\n12.a:2,S 500 7:1100000000\n13.b 20 8:0\n14.c 30 9\n15+'d 40\n"
      "16.e 50 10:1100000000:1\nbroken\n");
  EXPECT_EQ(ids.size(), 5U);
  EXPECT_EQ(ids.at("12.a"), "UID7-1100000000");
  EXPECT_EQ(ids.at("13.b"), "UID8");
  EXPECT_EQ(ids.at("14.c"), "UID9");
  EXPECT_EQ(ids.at("15+'d"), "15+2B+27d");
  EXPECT_EQ(ids.at("16.e"), "UID10-1100000000");
}

TEST(Subscriptions, OfAllServersAreRead) {
  EXPECT_THAT(parse_dovecot_subscriptions("Work.2024\nM&APw-ll\n\nINBOX\n"),
              ElementsAre("Work/2024", "M\xc3\xbcll", "INBOX"));
  EXPECT_THAT(parse_dovecot_subscriptions("Work/a.b\n"), ElementsAre("Work/a.b"));
  EXPECT_THAT(parse_dovecot_subscriptions("V\t2\n\nWork\t2024\nx\x01"
                                          "1y\n\t\n"),
              ElementsAre("Work/2024", "x\x01y"));
  EXPECT_THAT(parse_courier_subscriptions("INBOX\nINBOX.Sent\nINBOX.Work.A\n"),
              ElementsAre("INBOX", "Sent", "Work/A"));
  const std::vector<std::string> names{"INBOX", "Work/a.b", "M\xc3\xbcll/x"};
  EXPECT_EQ(parse_dovecot_subscriptions(make_dovecot_subscriptions(names)), names);
}

TEST(Pop3IdFormats, MakeIdsAsOtherServersDo) {
  const auto make = [](std::string_view text) {
    const auto format = Pop3IdFormat::parse(text);
    return format ? format->make(0x5f3759df, 0x1a, "12.a.host") : "none";
  };
  EXPECT_EQ(make("dovecot"), "0000001a5f3759df");
  EXPECT_EQ(make("courier"), "UID26-1597463007");
  EXPECT_EQ(make("cyrus"), "1597463007.26");
  EXPECT_EQ(make("%08xu"), "0000001a");
  EXPECT_EQ(make("%f"), "12.a.host");
  EXPECT_EQ(make("a%%%u%"), "none");
  EXPECT_EQ(make("a%%%4ub"), "a%  26b");
  for (const char* text : {"", "%v", "plain", "%q", "%u%999999u", "%", "%x"}) {
    EXPECT_EQ(make(text), "none") << text;
  }
  EXPECT_FALSE(Pop3IdFormat::parse(std::string(101, 'x') + "%u"));
}

TEST(FileNames, HaveABaseAndNumbers) {
  EXPECT_EQ(base_of_file_name("12.a,S=5:2,FS"), "12.a,S=5");
  EXPECT_EQ(base_of_file_name("12.a;2,FS"), "12.a");
  EXPECT_EQ(base_of_file_name("12.a"), "12.a");
  EXPECT_EQ(base_of_file_name("12.a:1,x"), "12.a");
  EXPECT_EQ(number_in_file_name("12.a,S=5,W=7", 'S'), 5);
  EXPECT_EQ(number_in_file_name("12.a,Z=-90", 'Z'), -90);
  EXPECT_EQ(number_in_file_name("12.a,S=5x", 'S'), std::nullopt);
  EXPECT_EQ(number_in_file_name("12.a", 'S'), std::nullopt);
}

TEST(MboxFields, OfOtherProgramsAreRead) {
  const MboxFields fields = MboxFields::of_header(
      "X-IMAPbase: 1275660208 0000000042 Work $Label1\nStatus: RO\nX-Status: AF\n"
      "X-Keywords: Work                  \nX-UID: 17\nX-UIDL: abc\nSubject: x\n\nStatus: O\n");
  EXPECT_EQ(fields.uid_validity, 1275660208U);
  EXPECT_EQ(fields.last_uid, 42U);
  EXPECT_EQ(fields.uid, 17U);
  EXPECT_EQ(fields.pop3_id, "abc");
  EXPECT_THAT(fields.flags.keywords, ElementsAre("Work"));
  EXPECT_EQ(fields.flags.system, store::flag::seen | store::flag::answered | store::flag::flagged);
  EXPECT_FALSE(fields.only_data);
  EXPECT_TRUE(MboxFields::of_header("X-IMAP: 1 2\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER "
                                    "INTERNAL DATA\n\n")
                  .only_data);
}

TEST(MboxFields, TheBlockOfAnExportIsKnownLineByLine) {
  MboxFields fields;
  fields.uid = 3;
  fields.uid_validity = 9;
  for (const bool first : {true, false}) {
    std::string text = make_mbox_fields(fields, first, "\n");
    std::size_t place = 0;
    while (!text.empty()) {
      const std::size_t end = text.find('\n') + 1;
      EXPECT_TRUE(is_exported_line(text.substr(0, end), place, first)) << text;
      EXPECT_FALSE(is_exported_line(text.substr(0, end), place + 1, first)) << text;
      text.erase(0, end);
      ++place;
    }
    EXPECT_EQ(place, exported_lines(first));
  }
  EXPECT_FALSE(is_exported_line("Status: Ready\n", 0, true));
  EXPECT_FALSE(is_exported_line("X-UID: x\n", 3, true));
}

}  // namespace
}  // namespace mailkeep::server
