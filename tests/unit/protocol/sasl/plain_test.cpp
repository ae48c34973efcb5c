#include "protocol/sasl/plain.h"

#include <gtest/gtest.h>

namespace mailkeep::sasl {
namespace {

using namespace std::string_literals;

std::string message(const std::string& authorization, const std::string& name,
                    const std::string& password) {
  return authorization + '\0' + name + '\0' + password;
}

TEST(Plain, ReadsTheExamplesOfTheRfc) {  // RFC 4616 4
  const auto tim = parse_plain("\0tim\0tanstaaftanstaaf"s);
  ASSERT_TRUE(tim);
  EXPECT_EQ(tim->authorization, "");
  EXPECT_EQ(tim->name, "tim");
  EXPECT_EQ(tim->password, "tanstaaftanstaaf");
  const auto ursel = parse_plain("Ursel\0Kurt\0xipj3plmq"s);
  ASSERT_TRUE(ursel);
  EXPECT_EQ(ursel->authorization, "Ursel");
  EXPECT_EQ(ursel->name, "Kurt");
}

TEST(Plain, RefusesTooFewOrTooManyFields) {
  EXPECT_FALSE(parse_plain(""));
  EXPECT_FALSE(parse_plain("tim"));
  EXPECT_FALSE(parse_plain("\0tim"s));
  EXPECT_FALSE(parse_plain("\0tim\0pass\0word"s));
  EXPECT_FALSE(parse_plain("\0tim\0password\0"s));
}

TEST(Plain, RefusesAnEmptyNameOrPassword) {
  EXPECT_FALSE(parse_plain(message("", "", "password")));
  EXPECT_FALSE(parse_plain(message("", "tim", "")));
}

TEST(Plain, RefusesWhatIsNotUtf8) {
  EXPECT_TRUE(parse_plain(message("", "j\xc3\xb6rg", "gr\xc3\xbc\xc3\x9f")));
  EXPECT_FALSE(parse_plain(message("", "j\xf6rg", "password")));
  EXPECT_FALSE(parse_plain(message("", "tim", "\xc0\x80")));
  EXPECT_FALSE(parse_plain(message("", "tim", "\xed\xa0\x80")));
}

TEST(Plain, HoldsToItsLimits) {
  const std::string name(kMaxNameBytes, 'n');
  const std::string password(kMaxPasswordBytes, 'p');
  EXPECT_TRUE(parse_plain(message(name, name, password)));
  EXPECT_EQ(message(name, name, password).size(), kMaxPlainBytes);
  EXPECT_FALSE(parse_plain(message(name + 'n', name, password)));
  EXPECT_FALSE(parse_plain(message(name, name + 'n', password)));
  EXPECT_FALSE(parse_plain(message(name, name, password + 'p')));
}

}  // namespace
}  // namespace mailkeep::sasl
