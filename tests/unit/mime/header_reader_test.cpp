#include "mime/header_reader.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

TEST(HeaderReader, ReadsFieldsInOrder) {
  HeaderReader reader("Subject: a\r\nTo:b\r\n\r\nbody: no");
  HeaderField field = reader.next().value();
  EXPECT_EQ(field.name, "Subject");
  EXPECT_EQ(field.value, " a");
  EXPECT_EQ(field.raw, "Subject: a\r\n");
  field = reader.next().value();
  EXPECT_EQ(field.name, "To");
  EXPECT_EQ(field.value, "b");
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_EQ(reader.rest(), "\r\nbody: no");
}

TEST(HeaderReader, KeepsFoldingInValues) {
  HeaderReader reader("Subject: a\r\n b\n\tc\r\nTo: d");
  EXPECT_EQ(reader.next().value().value, " a\r\n b\n\tc");
  EXPECT_EQ(reader.next().value().value, " d");
  EXPECT_EQ(reader.rest(), "");
}

TEST(HeaderReader, TakesSpaceBeforeTheColonOffTheName) {
  HeaderReader reader("Subject \t: a\r\n");
  EXPECT_EQ(reader.next().value().name, "Subject");
}

TEST(HeaderReader, AddsLinesOfNoKindToTheFieldBefore) {
  HeaderReader reader("Subject: a\r\njunk\r\n more\r\nTo: b\r\n");
  const HeaderField field = reader.next().value();
  EXPECT_EQ(field.raw, "Subject: a\r\njunk\r\n more\r\n");
  EXPECT_EQ(field.value, " a");
  EXPECT_EQ(reader.next().value().name, "To");
}

TEST(HeaderReader, GivesLinesOfNoKindAtTheStartAsANamelessField) {
  HeaderReader reader(" folded\r\njunk\r\nSubject: a\r\n");
  const HeaderField field = reader.next().value();
  EXPECT_EQ(field.name, "");
  EXPECT_EQ(field.raw, " folded\r\njunk\r\n");
  EXPECT_EQ(reader.next().value().name, "Subject");
}

TEST(HeaderReader, FieldsJoinedAreTheHeader) {
  using namespace std::string_literals;
  for (const std::string& header :
       {""s, "\r\n"s, "\n"s, "a"s, ":"s, " \r\n\r\n"s, "a:b\r\n c\r\r\n:x\n\0\n\r"s, "a: b\n\n"s}) {
    HeaderReader reader(header);
    std::string joined;
    while (const auto field = reader.next()) joined += field->raw;
    EXPECT_EQ(joined + std::string(reader.rest()), header);
  }
}

TEST(Unfold, RemovesLineEndsAndOuterSpace) {
  EXPECT_EQ(unfold("  a\r\n b\n\tc \r\n"), "a b\tc");
  EXPECT_EQ(unfold("a\rb"), "a b");
  EXPECT_EQ(unfold(" \r\n \r\n"), "");
}

TEST(FindField, FindsTheFirstOfItsName) {
  EXPECT_EQ(find_field("A: 1\r\nb: 2\r\nB: 3\r\n", "B").value().value, " 2");
  EXPECT_FALSE(find_field("A: 1\r\n\r\nB: 2\r\n", "B").has_value());
}

}  // namespace
}  // namespace mailkeep::mime
