#include "server/config/values.h"

#include <gtest/gtest.h>

namespace mailkeep::server {

namespace {

using std::chrono::milliseconds;

TEST(Values, ReadsSizes) {
  EXPECT_EQ(parse_size("0"), 0U);
  EXPECT_EQ(parse_size("1000000"), 1'000'000U);
  EXPECT_EQ(parse_size("512K"), 512U << 10);
  EXPECT_EQ(parse_size("64M"), 64U << 20);
  EXPECT_EQ(parse_size("8G"), 8ULL << 30);
  EXPECT_EQ(parse_size("1T"), 1ULL << 40);
}

TEST(Values, RefusesWhatIsNoSize) {
  for (const char* text : {"", "M", "64m", "64MB", "-1", "1.5M", "64 M", "9999999999999999999",
                           "9999999999T", "0x10"}) {
    EXPECT_FALSE(parse_size(text).has_value()) << text;
  }
  EXPECT_EQ(parse_size("much").error(), "is not a size (64M, 512K, 1G, or octets: 1000000)");
}

TEST(Values, ReadsDurations) {
  EXPECT_EQ(parse_duration("0"), milliseconds(0));
  EXPECT_EQ(parse_duration("60"), milliseconds(60'000));
  EXPECT_EQ(parse_duration("500ms"), milliseconds(500));
  EXPECT_EQ(parse_duration("90s"), milliseconds(90'000));
  EXPECT_EQ(parse_duration("30m"), milliseconds(1'800'000));
  EXPECT_EQ(parse_duration("2h"), milliseconds(7'200'000));
  EXPECT_EQ(parse_duration("1d"), milliseconds(86'400'000));
  EXPECT_TRUE(parse_duration("3650d").has_value());
}

TEST(Values, RefusesWhatIsNoDuration) {
  for (const char* text :
       {"", "m", "30 m", "30min", "-5s", "1.5h", "3651d", "99999999999999999999d"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
}

TEST(Values, ReadsNumbersWithinTheirBounds) {
  EXPECT_EQ(parse_number("1", 1, 10), 1U);
  EXPECT_EQ(parse_number("10", 1, 10), 10U);
  for (const char* text : {"0", "11", "", "ten", "5x", "-1", "99999999999999999999"}) {
    EXPECT_FALSE(parse_number(text, 1, 10).has_value()) << text;
  }
  EXPECT_EQ(parse_number("0", 1, 10).error(), "is not a number from 1 to 10");
}

TEST(Values, ReadsHostNames) {
  EXPECT_EQ(parse_hostname("mail.example.org"), "mail.example.org");
  EXPECT_EQ(parse_hostname("192.0.2.1"), "192.0.2.1");
  for (const std::string& text : {std::string(), std::string("a b"), std::string("a\r\nb"),
                                  std::string("j\u00f6rg"), std::string(254, 'a')}) {
    EXPECT_FALSE(parse_hostname(text).has_value()) << text;
  }
}

TEST(Values, GuessesTheNearestWord) {
  const std::vector<std::string_view> words{"listen", "certificate", "key"};
  EXPECT_EQ(nearest("listne", words), "listen");
  EXPECT_EQ(nearest("certifcate", words), "certificate");
  EXPECT_EQ(nearest("keys", words), "key");
  EXPECT_EQ(nearest("something", words), "");
}

}  // namespace

}  // namespace mailkeep::server
