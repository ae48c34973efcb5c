#include "mime/text/encoded_word.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mime/text/extended_value.h"

namespace mailkeep::mime {
namespace {

struct WordCase {
  std::string_view value;
  std::string_view text;
};

void expect_all(const std::vector<WordCase>& cases) {
  for (const WordCase& one : cases) EXPECT_EQ(decode_header_text(one.value), one.text) << one.value;
}

TEST(DecodeHeaderText, DecodesWhatRfc2047Writes) {
  expect_all({
      {"", ""},
      {"plain text", "plain text"},
      {"=?us-ascii?q?a_b=3F?=", "a b?"},
      {"=?ISO-8859-1?Q?Andr=E9?= Pirard", "Andr\u00e9 Pirard"},
      {"=?utf-8?B?w6Q=?=", "\u00e4"},
      {"=?utf-8*de?q?=C3=A4?=", "\u00e4"},
      {"=?utf-8?q?a?= b", "a b"},
      {"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"},
      {"=?utf-8?q?a?=\r\n \t=?iso-8859-1?q?=E4?=", "a\u00e4"},
      {"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"},
      {"=?utf-8?q?a_?= =?utf-8?q?b?=", "a b"},
      {"a\r\n b", "a b"},
      {"=?iso-2022-jp?B?GyRCJDMbKEI=?=", "\u3053"},
  });
}

TEST(DecodeHeaderText, JoinsCharactersCutBetweenWords) {
  expect_all({
      {"=?utf-8?q?=C3?= =?utf-8?q?=A4?=", "\u00e4"},
      {"=?utf-8?B?4oI=?= =?utf-8?Q?=AC?=", "\u20ac"},
      {"=?utf-8?q?=C3?= =?iso-8859-1?q?=A4?=", "\ufffd\u00a4"},
  });
}

TEST(DecodeHeaderText, ReadsWhatMailWrites) {
  expect_all({
      {"a=?utf-8?q?b?=c", "abc"},
      {"=?utf-8?q?a?==?utf-8?q?b?=", "ab"},
      {"=?utf-8?q?two words?=", "two words"},
      {"=?utf-8?b?YQ?=", "a"},
      {"=?utf-8?b?YWI?=", "ab"},
      {"=?utf-8?b?Y W I=?=", "ab"},
      {"=?utf-8?q?open=C3=A4", "open\u00e4"},
      {"=?utf-8?q?open next", "open next"},
      {"=?utf-8?q?=4?=", "=4"},
      {"=?utf-8?q?"
       "?=",
       ""},
      {"=?utf-8?b?"
       "?= x",
       " x"},
      {"=?nowhere?q?=E4?=", "\u00e4"},
      {"=?\"utf-8\"?q?=C3=A4?=", "\u00e4"},
      {"=?utf-8?Q?=c3=a4?=", "\u00e4"},
  });
}

TEST(DecodeHeaderText, LeavesWhatIsNoWord) {
  expect_all({
      {"=?", "=?"},
      {"=?utf-8", "=?utf-8"},
      {"=?utf-8?x?a?=", "=?utf-8?x?a?="},
      {"=??q?a?=", "=??q?a?="},
      {"=?utf-8?q?", "=?utf-8?q?"},
      {"=?a b?q?c?=", "=?a b?q?c?="},
      {"a =? b ?= c", "a =? b ?= c"},
      {"=?=?utf-8?q?a?=", "=?a"},
  });
}

TEST(DecodeHeaderText, GuessesRawOctets) {
  expect_all({
      {"\xc3\xa4", "\u00e4"},
      {"\xe4", "\u00e4"},
      {"\xe4 =?utf-8?q?=C3=B6?= \xc3\xa4", "\u00e4 \u00f6 \u00e4"},
  });
}

TEST(DecodeHeaderText, GivesOneLine) {
  using namespace std::string_literals;
  EXPECT_EQ(decode_header_text("=?utf-8?q?a=0D=0Ab=00c?="), "a  b c");
  EXPECT_EQ(decode_header_text("a\0b\rc"s), "a b c");
}

TEST(DecodeHeaderText, TakesLinearTime) {
  for (const std::string_view piece :
       {"=?", "=?utf-8?q?", "=?utf-8?q?a?= ", "=?a?q?b", "?=", "=?utf-8?b?=?= \r\n "}) {
    std::string value;
    while (value.size() < 2'000'000) value += piece;
    EXPECT_LE(decode_header_text(value).size(), 2 * value.size());
  }
}

TEST(DecodeParameter, DecodesExtendedValues) {
  EXPECT_EQ(decode_parameter("name*", "utf-8''%C3%A4%20b"), "\u00e4 b");
  EXPECT_EQ(decode_parameter("name*", "iso-8859-1'de'%E4"), "\u00e4");
  EXPECT_EQ(decode_parameter("name*", "''%41"), "A");
  EXPECT_EQ(decode_parameter("name*", "%C3%A4"), "\u00e4");
  EXPECT_EQ(decode_parameter("name*", "utf-8''100%"), "100%");
  EXPECT_EQ(decode_parameter("name*", "utf-8''a%0D%0Ab"), "a  b");
}

TEST(DecodeParameter, DecodesWordsInPlainValues) {
  EXPECT_EQ(decode_parameter("name", "=?utf-8?q?=C3=A4?=.txt"), "\u00e4.txt");
  EXPECT_EQ(decode_parameter("name", "utf-8''%41"), "utf-8''%41");
}

TEST(ExtendedValue, HasCharsetAndOctets) {
  const ExtendedValue value = decode_extended_value("koi8-r'ru'%F0'%2");
  EXPECT_EQ(value.charset, "koi8-r");
  EXPECT_EQ(value.octets, "\xf0'%2");
  EXPECT_EQ(decode_extended_value("it's").octets, "it's");
}

}  // namespace
}  // namespace mailkeep::mime
