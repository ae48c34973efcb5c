#include "protocol/imap/wire/imap_url.h"

#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

TEST(ImapUrl, of_a_message_from_the_root) {
  const auto url = parse_message_url("/Drafts;UIDVALIDITY=385759045/;UID=20");
  ASSERT_TRUE(url);
  EXPECT_FALSE(url->absolute);
  EXPECT_TRUE(url->from_root);
  EXPECT_EQ(url->mailbox, "Drafts");
  EXPECT_EQ(url->uid_validity, 385759045U);
  EXPECT_EQ(url->uid, 20U);
  EXPECT_EQ(url->section, "");
  EXPECT_FALSE(url->partial);
}

TEST(ImapUrl, of_a_range_of_a_part) {
  const auto url = parse_message_url("/a/b%20%C3%A9/;uid=4/;section=1.2.mime/;partial=0.1024");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->mailbox, "a/b \xc3\xa9");
  EXPECT_EQ(url->section, "1.2.mime");
  EXPECT_EQ(url->partial->offset, 0U);
  EXPECT_EQ(url->partial->octets, 1024U);
  EXPECT_FALSE(parse_message_url("/a/;UID=4/;PARTIAL=7")->partial->octets);
  EXPECT_EQ(parse_message_url("/a/;UID=4/;SECTION=HEADER.FIELDS%20(TO)")->section,
            "HEADER.FIELDS (TO)");
}

TEST(ImapUrl, with_a_server) {
  const auto url = parse_message_url("imap://michael;AUTH=*@minbari.example.org:143/inbox/;UID=20");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->absolute);
  EXPECT_EQ(url->user, "michael");
  EXPECT_EQ(url->server, "minbari.example.org:143");
  EXPECT_EQ(url->mailbox, "INBOX");
  EXPECT_TRUE(parse_message_url("//host/INBOX/;UID=20")->absolute);
}

TEST(ImapUrl, relative_to_a_mailbox) {
  EXPECT_FALSE(parse_message_url("other/;UID=20")->from_root);
  EXPECT_EQ(parse_message_url("other/;UID=20")->mailbox, "other");
  EXPECT_EQ(parse_message_url("/;UID=20")->mailbox, "");
  EXPECT_EQ(parse_message_url(";UID=20/;SECTION=1")->section, "1");
}

TEST(ImapUrl, of_anything_else_is_none) {
  for (const char* text : {"",
                           "/",
                           "INBOX",
                           "/INBOX",
                           "/INBOX;UIDVALIDITY=1",
                           "/INBOX/;UID=",
                           "/INBOX/;UID=0",
                           "/INBOX/;UID=1x",
                           "/INBOX/;UID=4294967296",
                           "/INBOX/;UID=1/;SECTION=",
                           "/INBOX/;UID=1/;PARTIAL=",
                           "/INBOX/;UID=1/;PARTIAL=1.",
                           "/INBOX/;UID=1/;PARTIAL=1.0",
                           "/INBOX/;UID=1/;SOMETHING=1",
                           "/INBOX;UIDVALIDITY=0/;UID=1",
                           "/IN BOX/;UID=1",
                           "/IN%0/;UID=1",
                           "/IN%GG/;UID=1",
                           "/IN%00/;UID=1",
                           "/%FF/;UID=1",
                           "/a;b/;UID=1",
                           "http://host/INBOX/;UID=1",
                           "imap://host",
                           "imap:///INBOX/;UID=1",
                           "imap://host/;UID=1",
                           "//INBOX/;UID=1",
                           "/INBOX/;UID=1?x",
                           "/INBOX?SUBJECT/;UID=1"}) {
    EXPECT_FALSE(parse_message_url(text)) << text;
  }
  EXPECT_FALSE(parse_message_url("/" + std::string(kMaxUrlBytes, 'a') + "/;UID=1"));
}

TEST(ImapUrl, that_authorizes) {
  const std::string rump =
      "imap://joe@example.com/INBOX/;uid=20/;section=1.2;expire=1996-12-19T16:39:57-08:00;"
      "urlauth=submit+fr%65d";
  const std::string text = rump + ":Internal:91354A473744909de610943775f92038";
  const auto url = parse_authorized_url(text, false);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->message.user, "joe");
  EXPECT_EQ(url->message.uid, 20U);
  EXPECT_EQ(url->message.section, "1.2");
  EXPECT_EQ(url->expires, 851'042'397);
  EXPECT_EQ(url->access, UrlAccess::submit);
  EXPECT_EQ(url->user, "fred");
  EXPECT_EQ(url->rump, rump);
  EXPECT_EQ(url->mechanism, "INTERNAL");
  EXPECT_EQ(url->token, "91354a473744909de610943775f92038");
  EXPECT_FALSE(parse_authorized_url(text, true));
  EXPECT_TRUE(parse_authorized_url(rump, true));
  EXPECT_FALSE(parse_authorized_url(rump, false));
}

TEST(ImapUrl, that_authorizes_nobody) {
  const std::string message = "imap://joe@host/INBOX/;uid=20";
  const std::string token = ":internal:91354a473744909de610943775f92038";
  for (const std::string& tail :
       {std::string(";urlauth="), std::string(";urlauth=user+"), std::string(";urlauth=user+%"),
        std::string(";urlauth=none"), std::string(";expire=;urlauth=anonymous"),
        std::string(";expire=1996-13-19T16:39:57Z;urlauth=anonymous"),
        std::string(";expire=1996-12-19T16:39:57;urlauth=anonymous"),
        std::string(";expire=1996-12-19T16:39:57.Z;urlauth=anonymous"),
        std::string(";expire=1996-12-19T24:39:57Z;urlauth=anonymous"),
        std::string(";expire=1996-12-19T16:39:57+24:00;urlauth=anonymous")}) {
    EXPECT_FALSE(parse_authorized_url(message + tail + token, false)) << tail;
  }
  EXPECT_TRUE(parse_authorized_url(message + ";urlauth=anonymous" + token, false));
  EXPECT_FALSE(parse_authorized_url(message + ";urlauth=anonymous" + token.substr(0, 41), false));
  EXPECT_FALSE(parse_authorized_url(message + ";urlauth=anonymous" + token + "x", false));
  EXPECT_FALSE(parse_authorized_url("imap://joe@host/INBOX;urlauth=anonymous" + token, false));
  EXPECT_FALSE(parse_authorized_url("imap://host/INBOX/;uid=20;urlauth=anonymous" + token, false));
  EXPECT_FALSE(parse_authorized_url("/INBOX/;uid=20;urlauth=anonymous" + token, false));
}

}  // namespace
}  // namespace mailkeep::imap
