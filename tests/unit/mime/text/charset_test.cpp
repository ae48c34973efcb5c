#include "mime/text/charset.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

TEST(ToUtf8, ConvertsCharsetsOfMail) {
  EXPECT_EQ(to_utf8("\xe4", "iso-8859-1"), "\u00e4");
  EXPECT_EQ(to_utf8("\xa4", "ISO-8859-15"), "\u20ac");
  EXPECT_EQ(to_utf8("\x80", "windows-1252"), "\u20ac");
  EXPECT_EQ(to_utf8("\x80", "iso-8859-1"), "\u20ac");  // mail that says one often means the other
  EXPECT_EQ(to_utf8("\xcf\xf0\xe8", "windows-1251"), "\u041f\u0440\u0438");
  EXPECT_EQ(to_utf8("\xf0\xd2\xc9", "koi8-r"), "\u041f\u0440\u0438");
  EXPECT_EQ(to_utf8("\x1b$B$3\x1b(B", "ISO-2022-JP"), "\u3053");
  EXPECT_EQ(to_utf8("\x82\xb1", "Shift_JIS"), "\u3053");
  EXPECT_EQ(to_utf8("\xc4\xe3", "gb2312"), "\u4f60");
  EXPECT_EQ(to_utf8("\xa7\x41", "big5"), "\u4f60");
  EXPECT_EQ(to_utf8("\xbe\xc8", "ks_c_5601-1987"), "\uc548");
  EXPECT_EQ(to_utf8("+AOQ-", "utf-7"), "\u00e4");
  EXPECT_EQ(to_utf8("+AOQ-", "unicode-1-1-utf-7"), "\u00e4");
  EXPECT_EQ(to_utf8(std::string_view("\0a", 2), "utf-16be"), "a");
  EXPECT_EQ(to_utf8("\xe0", "iso-8859-8-i"), "\u05d0");
  EXPECT_EQ(to_utf8("\xa1", "tis-620"), "\u0e01");
  EXPECT_EQ(to_utf8("\xf0\x9f\x98\x80", "UTF8"), "\U0001f600");
  EXPECT_EQ(to_utf8("\x94\x39\xfc\x36", "gb18030"), "\U0001f600");
}

TEST(ToUtf8, GuessesWhereNoCharsetIsKnown) {
  for (const std::string_view charset : {"", "us-ascii", "x-unknown", "unknown-8bit", "nowhere",
                                         "../../etc", "a,b", "utf-8,x", "x-user-defined"}) {
    EXPECT_EQ(to_utf8("a\xc3\xa4", charset), "a\u00e4") << charset;
    EXPECT_EQ(to_utf8("a\xe4", charset), "a\u00e4") << charset;
  }
  EXPECT_EQ(to_utf8("\xe4", std::string(10'000, 'x')), "\u00e4");
}

TEST(ToUtf8, TakesNamesWithOrnaments) {
  for (const std::string_view charset :
       {" ISO-8859-15 ", "\"iso-8859-15\"", "iso-8859-15*en", "ISO_8859-15"}) {
    EXPECT_EQ(to_utf8("\xa4", charset), "\u20ac") << charset;
  }
}

TEST(ToUtf8, ReplacesOctetsThatTheCharsetDoesNotHave) {
  EXPECT_EQ(to_utf8("a\xff"
                    "b",
                    "utf-8"),
            "a\ufffd"
            "b");
  EXPECT_EQ(to_utf8("a\xe2\x82", "utf-8"), "a\ufffd");
  EXPECT_EQ(to_utf8("\xed\xa0\x80", "utf-8"), "\ufffd");
  EXPECT_EQ(to_utf8("\xc0\x80", "utf-8"), "\ufffd");
  EXPECT_EQ(to_utf8("a\xff", "shift_jis"), "a\ufffd");
  EXPECT_EQ(to_utf8("a\x82", "shift_jis"), "a\ufffd");
  EXPECT_TRUE(is_valid_utf8(to_utf8("+2AA-x", "utf-7")));  // half of a surrogate pair
}

TEST(ToUtf8, ConvertsLongTexts) {
  std::string koi8;
  std::string utf8;
  for (int i = 0; i < 10'000; ++i) {
    koi8 += "\xf0 ";
    utf8 += "\u041f ";
  }
  EXPECT_TRUE(to_utf8(koi8, "koi8-r") == utf8);
  std::string gb18030;
  std::string faces;
  for (int i = 0; i < 5'000; ++i) {
    gb18030 += "\x94\x39\xfc\x36";
    faces += "\U0001f600";
  }
  EXPECT_TRUE(to_utf8("a" + gb18030, "gb18030") == "a" + faces);
}

TEST(ToUtf8, KeepsManyConvertersApart) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 1; i <= 16; ++i) {
      if (i == 11 || i == 12) continue;
      EXPECT_EQ(to_utf8("a", "iso-8859-" + std::to_string(i)), "a");
    }
    for (int i = 1250; i <= 1258; ++i) EXPECT_EQ(to_utf8("a", "windows-" + std::to_string(i)), "a");
  }
}

TEST(IsKnownCharset, KnowsWhatCanBeConverted) {
  for (const std::string_view charset :
       {"utf-8", "US-ASCII", "iso-8859-1", "koi8-r", "utf-7", "GB2312", "iso-8859-8-i"}) {
    EXPECT_TRUE(is_known_charset(charset)) << charset;
  }
  for (const std::string_view charset : {"", "x-unknown", "nowhere", "utf-8,x", "a b c"}) {
    EXPECT_FALSE(is_known_charset(charset)) << charset;
  }
}

TEST(IsValidUtf8, FollowsRfc3629) {
  for (const std::string_view valid :
       {"", "abc", "\u00e4", "\u20ac", "\U0001f600", "0123456789\u00e40123456789", "\xef\xbf\xbf",
        "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(valid)) << valid;
  }
  for (const std::string_view invalid :
       {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "abcdefgh\xe4", "\xe2\x82"}) {
    EXPECT_FALSE(is_valid_utf8(invalid)) << invalid;
  }
}

TEST(FoldCase, MakesCasesEqual) {
  EXPECT_EQ(fold_case("Hello, World [_]"), "HELLO, WORLD [_]");
  EXPECT_EQ(fold_case("gr\u00fcn"), fold_case("GR\u00dcN"));
  EXPECT_EQ(fold_case("\u043f\u0440\u0438\u0432\u0435\u0442"),
            fold_case("\u041f\u0420\u0418\u0412\u0415\u0422"));
  EXPECT_EQ(fold_case("\u03b1\u03c3\u03c2"), fold_case("\u0391\u03a3\u03a3"));
  EXPECT_EQ(fold_case("\U00010428"), fold_case("\U00010400"));
}

TEST(FoldCase, MakesCompositionsEqual) {
  EXPECT_EQ(fold_case("\u00e4"), fold_case("a\u0308"));
  EXPECT_EQ(fold_case("\u1e69"), fold_case("s\u0323\u0307"));
  EXPECT_EQ(fold_case("\u1e69"), fold_case("s\u0307\u0323"));
  EXPECT_EQ(fold_case("\u01c6"), "D\u007a\u030c");  // the example of RFC 5051 2
  EXPECT_EQ(fold_case("\uac00"), fold_case("\u1100\u1161"));
  EXPECT_EQ(fold_case("\uff21"), "A");
  EXPECT_EQ(fold_case("\uff71\u30a2"), fold_case("\u30a2\u30a2"));
}

TEST(FoldCase, KeepsSubstrings) {
  const std::string text =
      fold_case("Ein \u00dcberma\u00df an \u4f60\u597d \u041f\u0440\u0438\u0432\u0435\u0442");
  for (const std::string_view word : {"\u00fcberma\u00df", "EIN", "\u4f60", "\u043f\u0440", "t"}) {
    if (word == "t") continue;
    EXPECT_NE(text.find(fold_case(word)), std::string::npos) << word;
  }
}

TEST(FoldCase, LeavesWhatIsNoUtf8InOrder) {
  EXPECT_TRUE(is_valid_utf8(fold_case("a\xff\xe4z")));
  EXPECT_EQ(fold_case(std::string(100'001, 'a')), std::string(100'001, 'A'));
}

}  // namespace
}  // namespace mailkeep::mime
