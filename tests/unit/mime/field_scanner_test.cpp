#include "mime/field_scanner.h"

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

using namespace std::string_literals;

std::string flat(std::string_view value, std::size_t limit = 1000) {
  std::string out = "old";
  flatten(value, limit, out);
  return out;
}

TEST(Flatten, MakesOneLine) {
  EXPECT_EQ(flat("a\r\n b\n\tc\r\n"), "a b\tc");
  EXPECT_EQ(flat("a\rb\0c\r"s), "a b c ");
  EXPECT_EQ(flat("\r\r\n"), " ");
  EXPECT_EQ(flat(""), "");
  EXPECT_EQ(flat("abcdef", 3), "abc");
}

TEST(FieldScanner, SkipsSpaceAndComments) {
  FieldScanner scanner(" \t(a (nested \\) one) b) (c)x");
  std::string comment;
  scanner.skip_space(&comment);
  EXPECT_EQ(scanner.peek(), 'x');
  EXPECT_EQ(comment, "c");
}

TEST(FieldScanner, UnescapesComments) {
  FieldScanner scanner("( a \\) (b\\\\) )");
  std::string comment;
  scanner.skip_space(&comment);
  EXPECT_TRUE(scanner.at_end());
  EXPECT_EQ(comment, "a ) (b\\)");
}

TEST(FieldScanner, TakesAnEndlessCommentAsText) {
  for (const std::string_view value : {"(a", "((a)", "(a\\)", "("}) {
    FieldScanner scanner(value);
    scanner.skip_space();
    EXPECT_EQ(scanner.rest(), value);
  }
}

TEST(FieldScanner, ReadsQuotedStrings) {
  FieldScanner scanner("\"a \\\"b\\\\\"c");
  std::string text;
  ASSERT_TRUE(scanner.quoted_string(text));
  EXPECT_EQ(text, "a \"b\\");
  EXPECT_EQ(scanner.rest(), "c");
  EXPECT_FALSE(scanner.quoted_string(text));
}

TEST(FieldScanner, TakesAnEndlessQuoteAsText) {
  for (const std::string_view value : {"\"a", "\"a\\\"", "\""}) {
    FieldScanner scanner(value);
    std::string text;
    EXPECT_FALSE(scanner.quoted_string(text));
    EXPECT_EQ(scanner.rest(), value);
  }
}

}  // namespace
}  // namespace mailkeep::mime
