#include "protocol/imap/commands/append_parser.h"

#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

using Need = AppendParser::Need;
using Kind = AppendStep::Kind;

constexpr Grammar kGrammar{};

std::vector<Kind> kinds(const std::vector<AppendStep>& steps) {
  std::vector<Kind> found;
  for (const AppendStep& step : steps) found.push_back(step.kind);
  return found;
}

TEST(AppendParser, reads_a_command_as_it_arrives) {
  AppendParser parser(kGrammar);
  std::string text = "a append Drafts (\\Seen) \"17-Jul-1996 02:44:25 -0700\" {5}\r\n";
  EXPECT_EQ(parser.advance(text, false), Need::literal);
  EXPECT_EQ(parser.tag(), "a");
  EXPECT_EQ(parser.mailbox(), "Drafts");
  auto steps = parser.take_steps();
  EXPECT_EQ(kinds(steps), (std::vector{Kind::message, Kind::literal}));
  EXPECT_EQ(steps[0].flags.system, store::flag::seen);
  EXPECT_EQ(steps[0].date->zone_minutes, -420);
  text += " ~{7+}\r\n";
  EXPECT_EQ(parser.advance(text, false), Need::literal);
  EXPECT_EQ(kinds(parser.take_steps()), (std::vector{Kind::message, Kind::literal}));
  EXPECT_EQ(parser.advance(text + " ", true), Need::nothing);
  EXPECT_TRUE(parser.take_steps().empty());
}

TEST(AppendParser, gathers_literals_that_are_arguments) {
  AppendParser parser(kGrammar);
  std::string text = "a APPEND {3}\r\n";
  EXPECT_EQ(parser.advance(text, false), Need::gather);
  text += "box CATENATE (URL {6}\r\n";
  EXPECT_EQ(parser.advance(text, false), Need::gather);
  text += "/;UID= TEXT {3}\r\n";
  EXPECT_EQ(parser.advance(text, false), Need::literal);
  EXPECT_EQ(parser.mailbox(), "box");
  const auto steps = parser.take_steps();
  EXPECT_EQ(kinds(steps), (std::vector{Kind::message, Kind::url, Kind::literal}));
  EXPECT_EQ(steps[1].url, "/;UID=");
  EXPECT_EQ(parser.advance(text + " URL x)", true), Need::nothing);
  EXPECT_EQ(kinds(parser.take_steps()), (std::vector{Kind::url}));
}

TEST(AppendParser, reads_urls_from_behind_the_name) {
  AppendParser parser(kGrammar, false, false, 8);
  EXPECT_EQ(parser.advance(" box CATENATE (URL a URL b) (\\Draft) CATENATE (URL c)", true),
            Need::nothing);
  EXPECT_EQ(kinds(parser.take_steps()),
            (std::vector{Kind::message, Kind::url, Kind::url, Kind::message, Kind::url}));
}

TEST(AppendParser, reads_what_replace_replaces) {
  AppendParser parser(kGrammar);
  EXPECT_EQ(parser.advance("a UID REPLACE 7 box {3}\r\n", false), Need::literal);
  EXPECT_TRUE(parser.replaces());
  EXPECT_TRUE(parser.by_uid());
  EXPECT_EQ(parser.replaced(), 7U);
  EXPECT_FALSE(parser.advance("a UID REPLACE 7 box {3}\r\n {3}\r\n", false));
}

TEST(AppendParser, knows_other_commands) {
  for (const char* text : {"a NOOP {3}\r\n", "a UID FETCH {3}\r\n", "a UID APPEND x {3}\r\n",
                           "a APPENDIX x {3}\r\n", "{3}\r\n", "a"}) {
    AppendParser parser(kGrammar);
    EXPECT_FALSE(parser.advance(text, false)) << text;
    EXPECT_FALSE(parser.is_append()) << text;
  }
}

TEST(AppendParser, says_where_a_mistake_is) {
  const std::pair<const char*, std::size_t> wrong[] = {
      {"a APPEND {3+}\r\nbox x", 19},         {"a APPEND box", 12},
      {"a APPEND box (\\Seen", 19},           {"a APPEND box \"\" {3}\r\n", 13},
      {"a APPEND box CATENATE (", 23},        {"a APPEND box CATENATE (URL x", 28},
      {"a APPEND box CATENATE (TEXT x)", 28}, {"a REPLACE 0 box {3}\r\n", 10},
      {"a APPEND box \"text\"", 13},
  };
  for (const auto& [text, position] : wrong) {
    AppendParser parser(kGrammar);
    const auto need = parser.advance(text, !std::string_view(text).ends_with('\n'));
    ASSERT_FALSE(need) << text;
    EXPECT_EQ(need.error().position, position) << text << ": " << need.error().text;
  }
}

}  // namespace
}  // namespace mailkeep::imap
