#include "store/search_text.h"

#include <random>

#include <gtest/gtest.h>

#include "mime/text/charset.h"

namespace mailkeep::store {
namespace {

bool found(std::string_view needle_text, std::string_view octets, std::string_view charset,
           std::size_t piece = 1000) {
  Needle needle(needle_text);
  TextSearch search(needle, charset);
  while (!octets.empty()) {
    if (search.feed(octets.substr(0, piece))) return true;
    octets.remove_prefix(std::min(piece, octets.size()));
  }
  return search.finish();
}

TEST(Needle, IsFoundInHeaderValuesWhateverTheirForm) {
  Needle needle("Grüße aus");
  EXPECT_TRUE(needle.is_in_value(" viele grüsse, GRÜẞE AUS grüße aus Berlin"));
  EXPECT_TRUE(needle.is_in_value(" =?utf-8?Q?Gr=C3=BC=C3=9Fe_aus?="));
  EXPECT_TRUE(needle.is_in_value(" =?iso-8859-1?Q?gr=FC=DFe?=\r\n =?iso-8859-1?Q?_aus?="));
  EXPECT_TRUE(
      needle.is_in_value(" Gr\xfc\xdf"
                         "e aus"));
  EXPECT_FALSE(needle.is_in_value(" Gruesse aus"));
  EXPECT_TRUE(Needle("two words").is_in_value(" Two\r\n Words"));
  EXPECT_TRUE(Needle("").is_in_value(""));
  EXPECT_FALSE(Needle("x").is_in_value(""));
}

TEST(Needle, IsFoundInAnyFieldOfAHeader) {
  const std::string header =
      "From: Anna <anna@example.org>\r\nSubject: =?utf-8?B?w4RwZmVs?=\r\n"
      "X-Long: one\r\n\ttwo\r\n\r\n";
  EXPECT_TRUE(Needle("ANNA@").is_in_header(header));
  EXPECT_TRUE(Needle("äpfel").is_in_header(header));
  EXPECT_TRUE(Needle("subject: ä").is_in_header(header));
  EXPECT_TRUE(Needle("one\ttwo").is_in_header(header));
  EXPECT_FALSE(Needle("utf-8").is_in_header(header));
  EXPECT_FALSE(Needle("two\r\n").is_in_header(header));
  EXPECT_TRUE(Needle("").is_in_header(""));
}

TEST(TextSearch, FindsAsciiAcrossPieces) {
  for (std::size_t piece : {1U, 2U, 3U, 7U, 100U}) {
    EXPECT_TRUE(found("needle", "some hay\r\nwith a NeeDLe in it\r\n", "us-ascii", piece));
    EXPECT_TRUE(found("hay\r\nwith", "some hay\r\nwith a", "us-ascii", piece));
    EXPECT_FALSE(found("needles", "some hay\r\nwith a NeeDLe in it\r\n", "us-ascii", piece));
  }
  EXPECT_TRUE(found("", "", "utf-8"));
  EXPECT_FALSE(found("x", "", "utf-8"));
}

TEST(TextSearch, FindsOtherScriptsAcrossPieces) {
  const std::string text = "first\r\nПривет, мир\r\nGrüße\r\nlast";
  for (std::size_t piece = 1; piece < 12; ++piece) {
    EXPECT_TRUE(found("привет", text, "utf-8", piece));
    EXPECT_TRUE(found("МИР\r\nGRÜ", text, "UTF-8", piece));
    EXPECT_TRUE(found("e\r\nlast", text, "utf8", piece));
    EXPECT_FALSE(found("привет мир", text, "utf-8", piece));
  }
  EXPECT_TRUE(found("grüße",
                    "Gr\xfc\xdf"
                    "e",
                    "iso-8859-1", 2));
  EXPECT_TRUE(found("привет", "\xf0\xd2\xc9\xd7\xc5\xd4", "koi8-r", 1));
}

TEST(TextSearch, KnowsCharsetsThatAreNotAscii) {
  // 日本 in ISO-2022-JP; the octets between the escapes are ASCII letters too.
  const std::string japanese = "x\x1b$BF|K\\\x1b(B\r\n";
  EXPECT_TRUE(found("日本", japanese, "iso-2022-jp", 3));
  EXPECT_FALSE(found("F|K", japanese, "iso-2022-jp"));
  std::string wide;
  for (char c : std::string_view("a needle\nhere")) (wide += c) += '\0';
  EXPECT_TRUE(found("NEEDLE", wide, "utf-16le", 5));
  EXPECT_TRUE(found("le\nhe", wide, "utf-16le", 3));
}

TEST(TextSearch, FindsWhatFoldsToLetters) {
  EXPECT_TRUE(found("k", "\xe2\x84\xaa", "utf-8"));  // the Kelvin sign
}

TEST(TextSearch, LongLinesAreBounded) {
  const std::string text = std::string(1'000'000, 'x') + "needle" + std::string(500'000, 'y');
  EXPECT_TRUE(found("needle", text, "us-ascii", 65'536));
  EXPECT_TRUE(found("xneedley", text, "us-ascii", 4096));
  EXPECT_TRUE(found("xneedley", text, "x-nothing", 4096));
  EXPECT_FALSE(found("noodle", text, "us-ascii", 65'536));
}

// Whatever the pieces, the answer is that of the whole text at once.
TEST(TextSearch, PiecesDoNotMatter) {
  std::mt19937 random(4);
  const char* const kParts[] = {"a", "B", "ab", "\r\n", "é", "É",
                                "ß", " ", "x",  "ﬁ",    "Я", "e\xcc\x81"};
  for (int round = 0; round < 400; ++round) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += kParts[random() % std::size(kParts)];
    std::string needle;
    for (int i = 0; i < 3; ++i) needle += kParts[random() % std::size(kParts)];
    const bool wanted = mime::fold_case(text).find(mime::fold_case(needle)) != std::string::npos;
    for (std::size_t piece : {1U, 5U, 64U}) {
      ASSERT_EQ(found(needle, text, "utf-8", piece), wanted) << text << "|" << needle;
    }
  }
}

}  // namespace
}  // namespace mailkeep::store
