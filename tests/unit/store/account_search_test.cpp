#include <random>
#include <stop_token>

#include "store/search_matcher.h"
#include "store/sqlite/database.h"
#include "tests/unit/store/store_fixture.h"

namespace mailkeep::store {
namespace {

SearchQuery negation(SearchQuery operand) {
  return {SearchNot{std::make_unique<SearchQuery>(std::move(operand))}};
}
SearchQuery either(SearchQuery left, SearchQuery right) {
  return {SearchOr{std::make_unique<SearchQuery>(std::move(left)),
                   std::make_unique<SearchQuery>(std::move(right))}};
}
template <class... Queries>
SearchQuery all_of(Queries... queries) {
  SearchAnd both;
  (both.operands.push_back(std::move(queries)), ...);
  return {std::move(both)};
}

class SearchTest : public StoreTest {
 protected:
  std::vector<std::uint32_t> find(const SearchQuery& query, std::string_view mailbox = "INBOX") {
    std::vector<std::uint32_t> uids;
    const UidSet found = must(account_->search(id(mailbox), query));
    for (const UidSet::Range& range : found.ranges()) {
      for (std::uint32_t uid = range.first; uid <= range.last; ++uid) uids.push_back(uid);
    }
    return uids;
  }
  using Uids = std::vector<std::uint32_t>;
};

TEST_F(SearchTest, ByRow) {
  append("INBOX", std::string(100, 'x'), {flag::seen, {}});
  append("INBOX", std::string(200, 'x'), {flag::seen | flag::flagged, {"Work"}});
  append("INBOX", std::string(300, 'x'), {0, {"play"}});
  EXPECT_EQ(find({SearchAll{}}), (Uids{1, 2, 3}));
  EXPECT_EQ(find({SearchFlags{flag::seen, flag::flagged}}), Uids{1});
  EXPECT_EQ(find({SearchFlags{0, flag::seen}}), Uids{3});
  EXPECT_EQ(find({SearchKeyword{"work", true}}), Uids{2});
  EXPECT_EQ(find({SearchKeyword{"WORK", false}}), (Uids{1, 3}));
  EXPECT_EQ(find({SearchKeyword{"none", true}}), Uids{});
  EXPECT_EQ(find({SearchKeyword{"none", false}}), (Uids{1, 2, 3}));
  EXPECT_EQ(find({SearchSize{true, 100}}), (Uids{2, 3}));
  EXPECT_EQ(find({SearchSize{false, 300}}), (Uids{1, 2}));
  EXPECT_EQ(find({SearchUids{range(2, 9)}}), (Uids{2, 3}));
  const Modseq modseq = info("INBOX").highest_modseq;
  EXPECT_EQ(find({SearchModseq{modseq}}), Uids{3});
  EXPECT_EQ(find({SearchModseq{Modseq{modseq.value - 1}}}), (Uids{2, 3}));
  EXPECT_EQ(account_->search(MailboxId{99}, {SearchAll{}}).error(), StoreError::no_such_mailbox);
}

TEST_F(SearchTest, Joins) {
  for (int i = 1; i <= 6; ++i) {
    append("INBOX", test_message(i), {i % 2 == 0 ? flag::seen : 0, {}});
  }
  auto uids = [](std::uint32_t first, std::uint32_t last) {
    return SearchQuery{SearchUids{range(first, last)}};
  };
  auto seen = [] { return SearchQuery{SearchFlags{flag::seen, 0}}; };
  EXPECT_EQ(find(all_of(uids(1, 4), seen())), (Uids{2, 4}));
  EXPECT_EQ(find(either(uids(1, 1), seen())), (Uids{1, 2, 4, 6}));
  EXPECT_EQ(find(negation(either(uids(1, 1), seen()))), (Uids{3, 5}));
  EXPECT_EQ(find(all_of(negation(uids(2, 4)), uids(3, 9), uids(1, 5))), Uids{5});
  EXPECT_EQ(find(all_of()), (Uids{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(find(negation(all_of())), Uids{});
  EXPECT_EQ(find(all_of(SearchQuery{SearchText{true, "of number 3"}}, uids(2, 5))), Uids{3});
}

TEST_F(SearchTest, ByDateInItsOwnZone) {
  // 2023-11-14 23:13:20 +0100 by the fixture's internal date; 2023-01-02 by Date.
  append("INBOX", test_message(1));
  append("INBOX", "Date: Sun, 1 Jan 2023 23:30:00 -0500\r\n\r\nx");
  append("INBOX", "Subject: without a date\r\n\r\nx");
  auto on = [&](DateOf date, DateRelation relation, std::int64_t day) {
    return find({SearchDate{date, relation, day}});
  };
  constexpr std::int64_t kArrival = 19'675;  // 2023-11-14
  EXPECT_EQ(on(DateOf::internal_date, DateRelation::on, kArrival), (Uids{1, 2, 3}));
  EXPECT_EQ(on(DateOf::internal_date, DateRelation::before, kArrival), Uids{});
  EXPECT_EQ(on(DateOf::internal_date, DateRelation::since, kArrival), (Uids{1, 2, 3}));
  constexpr std::int64_t kNewYear = 19'358;  // 2023-01-01
  EXPECT_EQ(on(DateOf::sent, DateRelation::on, kNewYear), Uids{2});
  EXPECT_EQ(on(DateOf::sent, DateRelation::since, kNewYear), (Uids{1, 2}));
  EXPECT_EQ(on(DateOf::sent, DateRelation::before, kNewYear + 1), Uids{2});
  const std::int64_t today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())
                                 .time_since_epoch()
                                 .count();
  EXPECT_EQ(on(DateOf::saved, DateRelation::since, today - 1), (Uids{1, 2, 3}));
  EXPECT_EQ(on(DateOf::saved, DateRelation::before, today - 1), Uids{});
}

TEST_F(SearchTest, ByHeader) {
  append("INBOX",
         "From: Anna <anna@example.org>\r\nSubject: One\r\nSubject: Two\r\n\r\nFrom: nobody");
  append("INBOX", "from: Bert\r\nSUBJECT: =?utf-8?Q?=C3=84pfel?=\r\nX-Empty:\r\n\r\nx");
  append("INBOX", "no header");
  auto header = [&](std::string field, std::string needle) {
    return find({SearchHeader{std::move(field), std::move(needle)}});
  };
  EXPECT_EQ(header("From", "ANNA@"), Uids{1});
  EXPECT_EQ(header("FROM", "e"), (Uids{1, 2}));
  EXPECT_EQ(header("From", "nobody"), Uids{});
  EXPECT_EQ(header("Subject", "two"), Uids{1});
  EXPECT_EQ(header("Subject", "äpfel"), Uids{2});
  EXPECT_EQ(header("X-Empty", ""), Uids{2});
  EXPECT_EQ(header("X-Empty", "x"), Uids{});
  EXPECT_EQ(header("Subject", ""), (Uids{1, 2}));
}

TEST_F(SearchTest, ByAddressesAsEnvelopeShowsThem) {
  append("INBOX",
         "From: fr\"\"\"\"om@there.com\r\nTo: \"A \\\"B\\\" C\" <a (home) @ b.c>\r\n\r\nx");
  append("INBOX", "Cc: (from@there.com) x@y\r\nFrom: one@two\r\n\r\nx");
  const auto address = [&](std::string field, std::string needle) {
    return find({SearchHeader{std::move(field), std::move(needle), {}, true}});
  };
  const auto header = [&](std::string field, std::string needle) {
    return find({SearchHeader{std::move(field), std::move(needle)}});
  };
  EXPECT_EQ(address("FROM", "From@There"), Uids{1});
  EXPECT_EQ(header("FROM", "From@There"), Uids{});
  EXPECT_EQ(address("FROM", "fr\"\"\"\"om"), Uids{1});
  EXPECT_EQ(address("to", "a \"b\" c <a@b.c>"), Uids{1});
  EXPECT_EQ(address("to", "(home)"), Uids{1});
  EXPECT_EQ(address("cc", "from@there.com"), Uids{2});
  EXPECT_EQ(address("cc", "x@y"), Uids{2});
  EXPECT_EQ(address("bcc", ""), Uids{});
}

TEST_F(SearchTest, ByTheComparator) {
  append("INBOX",
         "Subject: =?utf-8?Q?Stra=C3=9Fe?= One\r\n\r\nGr\xc3\xbc\xc3\x9f e\xcc\x81 Dich\r\n");
  const auto text = [&](std::string needle, Comparator comparator) {
    return find({SearchText{true, std::move(needle), comparator}}) == Uids{1};
  };
  const auto header = [&](std::string needle, Comparator comparator) {
    return find({SearchHeader{"Subject", std::move(needle), comparator}}) == Uids{1};
  };
  using enum Comparator;
  EXPECT_TRUE(text("GR\xc3\x9c", unicode_casemap));
  EXPECT_FALSE(text("GR\xc3\x9c", ascii_casemap));
  EXPECT_TRUE(text("GR\xc3\xbc", ascii_casemap));
  EXPECT_FALSE(text("GR\xc3\xbc", octet));
  EXPECT_TRUE(text("Gr\xc3\xbc", octet));
  // "e" with an accent of its own is one character of i;unicode-casemap alone.
  EXPECT_TRUE(text("\xc3\xa9 d", unicode_casemap));
  EXPECT_FALSE(text("\xc3\xa9 d", ascii_casemap));
  EXPECT_TRUE(header("one", ascii_casemap));
  EXPECT_FALSE(header("one", octet));
  EXPECT_TRUE(header("One", octet));
  EXPECT_TRUE(header("stra\xc3\x9f", ascii_casemap));
}

TEST_F(SearchTest, ByText) {
  append("INBOX",
         "Subject: Outside\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n"
         "Content-Type: text/plain; charset=iso-8859-1\r\n"
         "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
         "Gr=FC=DFe an al=\r\nle\r\n--b\r\n"
         "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
         "PGI+UHLDvGZ1bmc8L2I+\r\n--b\r\n"  // <b>Prüfung</b>
         "Content-Type: application/octet-stream; name=\"secret.bin\"\r\n\r\nhidden octets\r\n"
         "--b\r\nContent-Type: message/rfc822\r\n\r\n"
         "Subject: =?utf-8?Q?=C3=96l?= inside\r\n\r\nnested text\r\n--b--\r\n");
  append("INBOX", "Subject: Plain\r\n\r\nouter text only\r\n");
  auto body = [&](std::string needle) { return find({SearchText{false, std::move(needle)}}); };
  auto text = [&](std::string needle) { return find({SearchText{true, std::move(needle)}}); };
  EXPECT_EQ(body("grüße an alle"), Uids{1});
  EXPECT_EQ(body("PRÜFUNG"), Uids{1});
  EXPECT_EQ(body("nested TEXT"), Uids{1});
  EXPECT_EQ(body("öl inside"), Uids{1});
  EXPECT_EQ(body("secret.bin"), Uids{1});
  EXPECT_EQ(body("hidden"), Uids{});
  EXPECT_EQ(body("outside"), Uids{});
  EXPECT_EQ(text("outside"), Uids{1});
  EXPECT_EQ(text("text"), (Uids{1, 2}));
  EXPECT_EQ(text("subject: pla"), Uids{2});
  EXPECT_EQ(body(""), (Uids{1, 2}));
  EXPECT_EQ(text("nowhere"), Uids{});
}

TEST_F(SearchTest, WorksWithStructuresOfAnOlderParser) {
  append("INBOX", "Subject: x\r\n\r\nfind me\r\n");
  {
    sqlite::Database database(account_file(), sqlite::Open::existing);
    database.execute("UPDATE message SET structure_version = 0, structure = x'ff'");
  }
  EXPECT_EQ(find({SearchText{false, "FIND"}}), Uids{1});
}

TEST_F(SearchTest, StopsWhenAsked) {
  append_many("INBOX", 50);
  std::stop_source source;
  source.request_stop();
  EXPECT_TRUE(
      must(account_->search(id("INBOX"), {SearchText{true, "x"}}, source.get_token())).empty());
}

TEST_F(SearchTest, LongBodiesAreReadInPieces) {
  std::string text = "Subject: long\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
  for (int i = 0; i < 100'000; ++i) text += "line after line=\r\n";
  text += "nee=\r\ndle";
  append("INBOX", text);
  EXPECT_EQ(find({SearchText{false, "lineneedle"}}), Uids{1});
  EXPECT_EQ(find({SearchText{false, "lineneedles"}}), Uids{});
}

TEST(SearchedUids, AreBoundByTheOutermostKeys) {
  auto uids = [](std::uint32_t first, std::uint32_t last) {
    return SearchQuery{SearchUids{UidSet(UidSet::Range{first, last})}};
  };
  EXPECT_EQ(searched_uids(all_of(uids(1, 10), SearchQuery{SearchAll{}}, uids(5, 20))),
            UidSet(UidSet::Range{5, 10}));
  EXPECT_EQ(searched_uids(either(uids(1, 2), uids(3, 4))), UidSet(UidSet::Range{1, ~0U}));
  EXPECT_EQ(searched_uids(negation(uids(1, 2))), UidSet(UidSet::Range{1, ~0U}));
}

}  // namespace
}  // namespace mailkeep::store
