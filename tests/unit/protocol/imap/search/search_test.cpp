// Return options, results and the keys of searches, without a session.
#include <string>

#include <gtest/gtest.h>

#include "protocol/imap/search/query_resolver.h"
#include "protocol/imap/search/result_list.h"
#include "protocol/imap/search/return_options.h"
#include "protocol/imap/search/search_key_parser.h"
#include "protocol/imap/search/search_reply.h"

namespace mailkeep::imap {
namespace {

store::UidSet set_of(std::initializer_list<std::uint32_t> uids) {
  store::UidSet set;
  for (const std::uint32_t uid : uids) set.add(store::Uid{uid});
  return set;
}

std::string written(const ResultList& list) {
  std::string text;
  Encoder out(text);
  list.write_set(out);
  return text;
}

TEST(ResultList, KeepsTheOrderAndJoinsWhatAscends) {
  ResultList list;
  for (const std::uint32_t number : {5U, 6U, 7U, 3U, 2U, 8U}) list.append(number);
  EXPECT_EQ(written(list), "5:7,3,2,8");
  EXPECT_EQ(list.count(), 6U);
  EXPECT_EQ(list.first(), 5U);
  EXPECT_EQ(list.last(), 8U);
  EXPECT_EQ(written(list.slice(2, 4)), "6:7,3");
  EXPECT_EQ(written(list.slice(6, 100)), "8");
  EXPECT_TRUE(list.slice(7, 8).empty());
  EXPECT_EQ(list.as_set(), set_of({2, 3, 5, 6, 7, 8}));
}

TEST(ReturnOptions, OfNoneIsNone) {
  Decoder decoder(" UNSEEN");
  const auto options = parse_return_options(decoder);
  ASSERT_TRUE(options);
  EXPECT_FALSE(options->given);
  EXPECT_EQ(decoder.position(), 0U);
}

TEST(ReturnOptions, WrongOnesAreRefusedWithTheirPlace) {
  for (const char* text : {" RETURN", " RETURN ALL", " RETURN (", " RETURN (ALL", " RETURN ( )",
                           " RETURN (SOME)", " RETURN (PARTIAL 1)", " RETURN (PARTIAL 1:-2)",
                           " RETURN (ALL PARTIAL 1:2)", " RETURN (PARTIAL 0:2)"}) {
    Decoder decoder(text);
    const auto options = parse_return_options(decoder);
    ASSERT_FALSE(options) << text;
    EXPECT_GT(options.error().position, 0U) << text;
  }
}

TEST(PartialResults, AreCountedFromEitherEnd) {
  const ResultList list(set_of({1, 2, 3, 4, 5}));
  EXPECT_EQ(written(partial_results({.first = 2, .last = 3}, list)), "2:3");
  EXPECT_EQ(written(partial_results({.first = 1, .last = 2, .from_end = true}, list)), "4:5");
  EXPECT_EQ(written(partial_results({.first = 5, .last = 9, .from_end = true}, list)), "1");
  EXPECT_TRUE(partial_results({.first = 6, .last = 9, .from_end = true}, list).empty());
}

// RFC 5182 2.4 and RFC 9394 3.2, row by row.
TEST(ToldResults, AreThoseOfTheTables) {
  const ResultList list(set_of({1, 2, 3, 4, 5}));
  ReturnOptions options;
  EXPECT_EQ(told_results(options, list), list.as_set());
  options.min = true;
  EXPECT_EQ(told_results(options, list), set_of({1}));
  options.max = true;
  EXPECT_EQ(told_results(options, list), set_of({1, 5}));
  options.partial = ResultRange{.first = 2, .last = 3};
  EXPECT_EQ(told_results(options, list), set_of({1, 2, 3, 5}));
  options.count = true;
  EXPECT_EQ(told_results(options, list), list.as_set());
}

store::UidMap map_of(std::uint32_t count) {
  store::UidMap map;
  for (std::uint32_t i = 1; i <= count; ++i) map.append(store::Uid{i * 10});
  return map;
}

store::UidSet uids_of(std::string_view text, const store::UidMap& map, FrozenSets* frozen) {
  Decoder decoder(text);
  const auto program = parse_search_program(decoder);
  EXPECT_TRUE(program) << text;
  const store::UidSet none;
  const SearchScope scope{
      .uids = map, .recent = none, .account = store::AccountId{1}, .frozen = frozen};
  const auto query = resolve_query(program->key, scope);
  EXPECT_TRUE(query);
  return std::get<store::SearchUids>(query->key).uids;
}

TEST(QueryResolver, NumbersBeyondTheEndMatchNothing) {
  const store::UidMap map = map_of(3);
  EXPECT_EQ(uids_of("2:9", map, nullptr), set_of({20, 30}));
  EXPECT_TRUE(uids_of("7", map, nullptr).empty());
  EXPECT_TRUE(uids_of("1:*", map_of(0), nullptr).empty());
}

// RFC 9738 3.2
TEST(QueryResolver, UidsBeyondOneAreRanges) {
  const store::UidMap map = map_of(3);
  EXPECT_EQ(uids_of("UIDAFTER 10", map, nullptr), set_of({20, 30}));
  EXPECT_TRUE(uids_of("UIDAFTER 30", map, nullptr).empty());
  EXPECT_TRUE(uids_of("UIDAFTER 4294967295", map, nullptr).empty());
  EXPECT_EQ(uids_of("UIDBEFORE 30", map, nullptr), set_of({10, 20}));
  EXPECT_TRUE(uids_of("UIDBEFORE 1", map, nullptr).empty());
  for (const char* wrong : {"UIDAFTER", "UIDAFTER 0", "UIDBEFORE *", "UIDBEFORE 1:2"}) {
    Decoder decoder(wrong);
    EXPECT_FALSE(parse_search_program(decoder)) << wrong;
  }
}

TEST(QueryResolver, FrozenNumbersStayWhatTheyWere) {
  FrozenSets kept;
  EXPECT_EQ(uids_of("2:3", map_of(3), &kept), set_of({20, 30}));
  FrozenSets used{kept.sets, 0};
  store::UidMap later;
  later.append(store::Uid{30});
  EXPECT_EQ(uids_of("2:3", later, &used), set_of({20, 30}));
}

TEST(QueryResolver, FiltersEndSomewhere) {
  const auto parsed = [](std::string_view text) {
    Decoder decoder(text);
    return std::move(parse_search_program(decoder)->key);
  };
  FilterMap filters;
  filters.emplace("loop", parsed("FILTER loop"));
  filters.emplace("seen", parsed("SEEN"));
  std::string wide = "ALL";
  for (int i = 0; i < 500; ++i) wide += " FILTER wide2";
  filters.emplace("wide", parsed(wide));
  filters.emplace("wide2", parsed(wide.substr(0, wide.find("FILTER")) + "SEEN SEEN SEEN"));
  const store::UidMap map;
  const store::UidSet none;
  const SearchScope scope{
      .uids = map, .recent = none, .filters = &filters, .account = store::AccountId{1}};
  EXPECT_TRUE(resolve_query(parsed("FILTER Seen"), scope));
  EXPECT_FALSE(resolve_query(parsed("FILTER loop"), scope));
  EXPECT_FALSE(resolve_query(parsed("FILTER none"), scope));
  EXPECT_FALSE(resolve_query(parsed("FILTER wide"), scope));
}

TEST(SearchKeys, TooManyAndTooDeepAreRefused) {
  std::string many = "ALL";
  for (int i = 0; i < kMaxSearchKeys; ++i) many += " ALL";
  std::string deep;
  for (int i = 0; i <= kMaxSearchDepth; ++i) deep += "FUZZY ";
  deep += "ALL";
  for (const std::string& text : {many, deep, std::string("OLDER 0"), std::string("FILTER a/b"),
                                  std::string("FUZZY"), std::string("EMAILID")}) {
    Decoder decoder(text);
    EXPECT_FALSE(parse_search_program(decoder)) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace mailkeep::imap
