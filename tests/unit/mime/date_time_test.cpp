#include "mime/date_time.h"

#include <string_view>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

constexpr std::int64_t kNewYear2024 = 1'704'067'200;  // Mon, 1 Jan 2024 00:00:00 UTC

TEST(ParseDate, ReadsOneMomentInManyForms) {
  for (const std::string_view value : {
           "Mon, 1 Jan 2024 00:00:00 +0000",
           "1 Jan 2024 00:00 +0000",
           " 1 jan 2024 0:00:00 GMT",
           "Mon,  01 January 2024 01:00:00 +0100 (CET)",
           "Mon, 1 Jan 24 00:00:00 UT",
           "Mon (first) 1 (of) Jan\r\n 2024 (at) 00 : 00 : 00 (noon) -0000",
           "31 Dec 2023 19:00:00 EST",
           "31 Dec 2023 16:00:00 PST",
           "1 Jan 2024 00:00:00 Z",
           "1-Jan-2024 00:00:00 +0000",
           "Mon Jan  1 00:00:00 2024",
           "2024-01-01T00:00:00Z",
           "2024-01-01 00:00:00.123 +0000",
           "Mon, 1 Jan 2024 12:00:00 AM",
           "Mon, 1 Jan 2024 02:00:00 +02:00",
           "Mon, 1 Jan 2024 24:00:00 +2400 +0000",
           "1 Jan 2024",
           "Mon, 1 Jan 124 00:00:00 +0000",
           "Mon, 1 Jan 2024 00:00:00 \"GMT\"",
       }) {
    const auto date = parse_date(value);
    ASSERT_TRUE(date.has_value()) << value;
    if (value.find("24:00:00") == std::string_view::npos) {
      EXPECT_EQ(date->seconds, kNewYear2024) << value;
    }
  }
}

TEST(ParseDate, ReadsTwoAndThreeDigitYears) {
  EXPECT_EQ(parse_date("1 Jan 49 00:00:00 +0000").value().seconds,
            parse_date("1 Jan 2049 00:00:00 +0000")->seconds);
  EXPECT_EQ(parse_date("1 Jan 50 00:00:00 +0000").value().seconds,
            parse_date("1 Jan 1950 00:00:00 +0000")->seconds);
  EXPECT_EQ(parse_date("1 Jan 99 00:00:00 +0000").value().seconds,
            parse_date("1 Jan 1999 00:00:00 +0000")->seconds);
  EXPECT_EQ(parse_date("1 Jan 102 00:00:00 +0000").value().seconds,
            parse_date("1 Jan 2002 00:00:00 +0000")->seconds);
}

TEST(ParseDate, KeepsTheZone) {
  EXPECT_EQ(parse_date("1 Jan 2024 00:00:00 +0530").value().zone_minutes, 330);
  EXPECT_EQ(parse_date("1 Jan 2024 00:00:00 -0330").value().zone_minutes, -210);
  EXPECT_EQ(parse_date("1 Jan 2024 00:00:00 EDT").value().zone_minutes, -240);
  EXPECT_EQ(parse_date("1 Jan 2024 00:00:00").value().zone_minutes, 0);
  EXPECT_EQ(parse_date("1 Jan 2024 00:00:00 XYZ").value().zone_minutes, 0);
  EXPECT_EQ(parse_date("1 Jan 2024 00:00:00 +9999").value().zone_minutes, 0);
}

TEST(ParseDate, FindsNothingInWhatIsNoDate) {
  for (const std::string_view value :
       {"", "yesterday", "31 Feb 2024 00:00:00 +0000", "1 Jan", "Jan 2024", "32 Jan 2024",
        "0 Jan 2024", "1 Jan 2024 25:00:00", "1 Jan 2024 00:61:00", "1 Foo 2024 00:00:00",
        "1 Jan 99999 00:00:00", "99999999999999999999 Jan 2024", ":::"}) {
    EXPECT_FALSE(parse_date(value).has_value()) << value;
  }
}

TEST(ParseDate, ReadsALeapSecondAndALeapDay) {
  EXPECT_EQ(parse_date("31 Dec 2016 23:59:60 +0000").value().seconds, 1'483'228'800);
  EXPECT_TRUE(parse_date("29 Feb 2024 00:00:00 +0000").has_value());
  EXPECT_FALSE(parse_date("29 Feb 2023 00:00:00 +0000").has_value());
}

TEST(DateTime, LocalDayIsThatOfTheZone) {
  constexpr std::int64_t kDay = 24 * 60 * 60;
  const std::int64_t day = kNewYear2024 / kDay;
  EXPECT_EQ(parse_date("1 Jan 2024 00:30:00 +0200").value().local_day(), day);
  EXPECT_EQ(parse_date("1 Jan 2024 23:30:00 -0800").value().local_day(), day);
  EXPECT_EQ(parse_date("31 Dec 1969 23:00:00 +0000").value().local_day(), -1);
  EXPECT_EQ((DateTime{-kDay, 0}.local_day()), -1);
}

}  // namespace
}  // namespace mailkeep::mime
