#include "server/admin/from_line.h"

#include <gtest/gtest.h>

namespace mailkeep::server {
namespace {

std::optional<store::InternalDate> date(std::int64_t seconds, int zone = 0) {
  return store::InternalDate{seconds, zone};
}

TEST(FromLine, ReadsTheFormsThatProgramsWrite) {
  EXPECT_EQ(parse_from_line("From a@b Thu Jan  1 00:00:00 1970\n"), date(0));
  EXPECT_EQ(parse_from_line("From a@b Thu Jan  1 00:01 1970\r\n"), date(60));
  EXPECT_EQ(parse_from_line("From MAILER-DAEMON Fri Jul  8 12:08:34 2011"), date(1310126914));
  EXPECT_EQ(parse_from_line("From a b c Fri Jul  8 12:08:34 2011"), date(1310126914));
  EXPECT_EQ(parse_from_line("From 123@xxx Fri Jul 08 12:08:34 +0000 2011"), date(1310126914));
  EXPECT_EQ(parse_from_line("From x Fri Jul 8 14:08:34 2011 +0200"), date(1310126914, 120));
  EXPECT_EQ(parse_from_line("From x Fri Jul 8 10:38:34 -0130 2011"), date(1310126914, -90));
  EXPECT_EQ(parse_from_line("From x Fri Jul 8 12:08:34 GMT 2011"), date(1310126914));
  EXPECT_EQ(parse_from_line("From x Fri Jul 8 12:08:34 2011 remote from y"), date(1310126914));
}

TEST(FromLine, LeavesTextAlone) {
  EXPECT_FALSE(parse_from_line("From here on, all is text.\n"));
  EXPECT_FALSE(parse_from_line("From a@b\n"));
  EXPECT_FALSE(parse_from_line("From: a@b Thu Jan  1 00:00:00 1970\n"));
  EXPECT_FALSE(parse_from_line(">From a@b Thu Jan  1 00:00:00 1970\n"));
  EXPECT_FALSE(parse_from_line("From a@b Thu Jan 32 00:00:00 1970\n"));
  EXPECT_FALSE(parse_from_line("From a@b Thu Feb 30 00:00:00 1970\n"));
  EXPECT_FALSE(parse_from_line("From a@b Thu Jan  1 24:00:00 1970\n"));
  EXPECT_FALSE(parse_from_line("From a@b Thu Jan  1 00:00:00 70\n"));
  EXPECT_FALSE(parse_from_line("From " + std::string(2000, 'x') + " Thu Jan  1 00:00:00 1970\n"));
  EXPECT_FALSE(parse_from_line(""));
}

TEST(FromLine, WritesWhatItReads) {
  EXPECT_EQ(make_from_line({0, 60}), "From MAILER-DAEMON Thu Jan  1 01:00:00 1970 +0100");
  for (const std::int64_t seconds :
       {std::int64_t{0}, std::int64_t{1310126914}, std::int64_t{-1}, std::int64_t{4102444799}}) {
    EXPECT_EQ(parse_from_line(make_from_line({seconds, 0})), date(seconds));
  }
}

TEST(FromLine, KnowsWhatMustBeQuoted) {
  EXPECT_TRUE(is_quoted_or_from("From x"));
  EXPECT_TRUE(is_quoted_or_from(">>From x"));
  EXPECT_FALSE(is_quoted_or_from("> From x"));
  EXPECT_FALSE(is_quoted_or_from("From"));
  EXPECT_FALSE(is_quoted_or_from(""));
}

}  // namespace
}  // namespace mailkeep::server
