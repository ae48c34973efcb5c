// What another server says, taken apart: URLs, responses cut anywhere, FETCH, LIST, STATUS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/migration/fetch_reply.h"
#include "server/migration/keyword_limit.h"
#include "server/migration/list_reply.h"
#include "server/migration/remote_url.h"
#include "server/migration/response_reader.h"

namespace mailkeep::server {
namespace {

using ::testing::ElementsAre;

TEST(RemoteUrls, HaveUserMechanismHostAndPort) {
  const auto url = parse_remote_url("imaps://an%40n;AUTH=xoauth2@mail.example.org:1993/");
  ASSERT_TRUE(url) << url.error();
  EXPECT_EQ(url->user, "an@n");
  EXPECT_EQ(url->mechanism, "XOAUTH2");
  EXPECT_EQ(url->host, "mail.example.org");
  EXPECT_EQ(url->port, 1993);
  EXPECT_TRUE(url->is_encrypted());
  EXPECT_EQ(parse_remote_url("IMAP://host")->port, 143);
  EXPECT_EQ(parse_remote_url("imap://ann@example.org@host")->user, "ann@example.org");
  EXPECT_EQ(parse_remote_url("pop3s://[::1]")->host, "::1");
  EXPECT_EQ(parse_remote_url("pop3://[::1]:1110")->port, 1110);
  EXPECT_FALSE(parse_remote_url("pop3://host")->is_imap());
  for (const char* text : {"", "http://host", "imaps://", "imaps://host:0", "imaps://host:70000",
                           "imaps://host:x", "imaps://a%2@host", "imaps://a%00@host",
                           "imaps://a;X=Y@host", "imaps://[::1", "imaps://a b"}) {
    EXPECT_FALSE(parse_remote_url(text)) << text;
  }
}

struct Read {
  std::vector<std::string> responses;
  std::vector<std::string> bodies;
};
Read read(std::string_view text, std::size_t cut) {
  Read result;
  ResponseReader reader([&](std::string_view response) { result.responses.emplace_back(response); },
                        [&](std::uint64_t size, std::string_view octets) {
                          if (octets.empty()) {
                            result.bodies.push_back(std::to_string(size) + ':');
                          } else {
                            result.bodies.back() += octets;
                          }
                        });
  reader.feed(text.substr(0, cut));
  reader.feed(text.substr(cut));
  return result;
}

TEST(ResponseReaders, TakeOctetsCutAnywhere) {
  const std::string text =
      "* OK [X {5}] y\r\n* LIST () \"/\" {3}\r\na\r\n\r\n* 1 FETCH (BODY[] {4}\r\n\r\n)x UID 7)\r\n"
      "* 2 FETCH (UID 8 BODY[] {0}\r\n RFC822 {1}\r\n! BODY[TEXT] ~{2}\r\n)( )\r\nbare\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const Read result = read(text, cut);
    EXPECT_THAT(
        result.responses,
        ElementsAre("* OK [X {5}] y", "* LIST () \"/\" {3}\r\na\r\n",
                    "* 1 FETCH (BODY[] \"\" UID 7)",
                    "* 2 FETCH (UID 8 BODY[] \"\" RFC822 \"\" BODY[TEXT] ~{2}\r\n)( )", "bare"))
        << cut;
    EXPECT_THAT(result.bodies, ElementsAre("4:\r\n)x", "0:", "1:!")) << cut;
  }
}

TEST(ResponseReaders, BoundWhatTheyHold) {
  EXPECT_THROW(read(std::string(ResponseReader::kMaxResponseBytes + 1, 'x'), 5), ProtocolError);
  EXPECT_THROW(read("* LIST () NIL {1048577}\r\n", 5), ProtocolError);
  std::string many;
  for (int i = 0; i < 20; ++i) many += "{100000}\r\n" + std::string(100'000, 'x');
  EXPECT_THROW(read(many, 5), ProtocolError);
  EXPECT_EQ(read("{99999999999999999999}\r\n", 3).responses.size(), 1U) << "no literal";
}

TEST(FetchReplies, TellWhatThereIs) {
  const auto reply = parse_fetch_reply(
      "* 5 FETCH (UID 7 FLAGS (\\Seen \\Recent Work $x) INTERNALDATE \" 7-Feb-2022 21:52:25 "
      "+0100\" "
      "RFC822.SIZE 123 MODSEQ (99) X-GM-LABELS (\"a b\" (c)) ENVELOPE ({3}\r\na)b NIL) BODY[] "
      "\"\")");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->uid, 7U);
  EXPECT_EQ(reply->flags->system, store::flag::seen);
  EXPECT_THAT(reply->flags->keywords, ElementsAre("Work", "$x"));
  EXPECT_EQ(reply->date->zone_minutes, 60);
  EXPECT_EQ(reply->size, 123U);
  EXPECT_EQ(reply->modseq, 99U);
  EXPECT_EQ(reply->body, "");
  EXPECT_TRUE(parse_fetch_reply("* 5 FETCH (FLAGS ())")->flags->keywords.empty());
  EXPECT_FALSE(parse_fetch_reply("* 5 FETCH (INTERNALDATE \"never\" UID 7)")->date);
  EXPECT_EQ(parse_fetch_reply("* 5 FETCH (BODY[] {2}\r\nab UID 7)")->body, "ab");
}

TEST(FetchReplies, OthersAndBrokenOnesAreNone) {
  const std::string deep = "* 5 FETCH (X " + std::string(1000, '(') + std::string(1000, ')') + ")";
  for (const std::string& text :
       {std::string("* 5 EXISTS"), std::string("* OK FETCH"), std::string("m1 OK FETCH (UID 7)"),
        std::string("* 5 FETCH (UID 0)"), std::string("* 5 FETCH (UID 99999999999)"),
        std::string("* 5 FETCH (UID 7"), std::string("* 5 FETCH (FLAGS (\\Seen"),
        std::string("* 5 FETCH (FLAGS x)"), std::string("* 5 FETCH (UID)"),
        std::string("* 5 FETCH"), std::string("* 5 FETCH (X \"abc"), deep}) {
    EXPECT_FALSE(parse_fetch_reply(text)) << text;
  }
}

TEST(ListReplies, HaveNamesAndAttributes) {
  const auto reply = parse_list_reply("* LIST (\\HasNoChildren \\Sent) \".\" INBOX.Gesendet");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->special_use, store::SpecialUse::sent);
  EXPECT_EQ(reply->separator, '.');
  EXPECT_TRUE(reply->selectable);
  EXPECT_EQ(local_name(*reply, "INBOX."), "Gesendet");
  EXPECT_EQ(local_name(*reply, ""), "INBOX/Gesendet");
  EXPECT_FALSE(parse_list_reply("* LIST (\\Noselect) NIL x")->selectable);
  EXPECT_TRUE(parse_list_reply("* LSUB () \"/\" \"a b\"")->subscribed);
  EXPECT_FALSE(parse_list_reply("* LIST (\\Noselect"));
  EXPECT_FALSE(parse_list_reply("* LIST () \"/\" "));
  EXPECT_FALSE(parse_list_reply("* STATUS x ()"));
}

TEST(ListReplies, NamesBecomeThoseHere) {
  const auto name = [](const std::string& wire, char separator) {
    ListReply reply;
    reply.wire_name = wire;
    reply.separator = separator;
    return local_name(reply, "").value_or("none");
  };
  EXPECT_EQ(name("inbox", '/'), "INBOX");
  EXPECT_EQ(name("M&APw-ll.a/b", '.'), "M\xc3\xbcll/a_b");
  EXPECT_EQ(name("M\xc3\xbcll", '/'), "M\xc3\xbcll");
  EXPECT_EQ(name("a//b", '/'), "none");
  EXPECT_EQ(name("a/", '/'), "none");
  EXPECT_EQ(name("\xff", '/'), "none");
  EXPECT_EQ(name("a.b", 0), "a.b");
}

TEST(StatusReplies, TellNumbers) {
  const auto reply = parse_status_reply(
      "* STATUS \"a b\" (MESSAGES 5 UIDNEXT 7 UIDVALIDITY 9 HIGHESTMODSEQ 12345678901)");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->wire_name, "a b");
  EXPECT_EQ(reply->messages, 5U);
  EXPECT_EQ(reply->modseq, 12345678901U);
  EXPECT_FALSE(parse_status_reply("* STATUS x (MESSAGES"));
  EXPECT_FALSE(parse_status_reply("* STATUS x (MESSAGES x)"));
  EXPECT_EQ(response_code_number("* OK [UIDVALIDITY 5] x", "UIDVALIDITY"), 5U);
  EXPECT_EQ(response_code_number("* OK [UIDNEXT 5] x", "UIDVALIDITY"), std::nullopt);
  EXPECT_EQ(response_code_number("* OK [UIDNEXT x] x", "UIDNEXT"), std::nullopt);
  EXPECT_EQ(parse_namespace_prefix("* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL"), "INBOX.");
  EXPECT_EQ(parse_namespace_prefix("* NAMESPACE NIL NIL NIL"), std::nullopt);
}

TEST(KeywordLimits, KeepWhatAMailboxCanHave) {
  KeywordLimit limit({"Known"});
  store::FlagSet flags{0, {"known", "new", "no atom", "", std::string(256, 'x')}};
  EXPECT_EQ(limit.apply(flags), "no atom");
  EXPECT_THAT(flags.keywords, ElementsAre("known", "new"));
  for (unsigned i = 2; i < store::kMaxKeywords; ++i) {
    store::FlagSet more{0, {"k" + std::to_string(i)}};
    EXPECT_EQ(limit.apply(more), "");
  }
  store::FlagSet beyond{0, {"beyond", "k5"}};
  EXPECT_EQ(limit.apply(beyond), "beyond");
  EXPECT_THAT(beyond.keywords, ElementsAre("k5"));
}

}  // namespace
}  // namespace mailkeep::server
