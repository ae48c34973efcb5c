// What FETCH asks for, read from the wire.
#include "protocol/imap/fetch/fetch_items.h"

#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

Parsed<FetchItems> parse(std::string_view text) {
  Decoder decoder(text);
  auto items = parse_fetch_items(decoder);
  if (items && !decoder.at_end()) return decoder.fail("left over");
  return items;
}

TEST(FetchItems, ReadsTheMacros) {
  const auto fast = parse("fast").value();
  EXPECT_TRUE(fast.flags && fast.internal_date && fast.size && !fast.envelope && !fast.body);
  const auto all = parse("ALL").value();
  EXPECT_TRUE(all.flags && all.envelope && !all.body);
  const auto full = parse("FULL").value();
  EXPECT_TRUE(full.envelope && full.body && !full.body_structure);
}

TEST(FetchItems, TellsBodyFromBodyStructureAndSections) {
  const auto items = parse("(BODY BODYSTRUCTURE BODY[] BODY.PEEK[TEXT])").value();
  EXPECT_TRUE(items.body);
  EXPECT_TRUE(items.body_structure);
  ASSERT_EQ(items.bodies.size(), 2U);
  EXPECT_EQ(items.bodies[0].section.text, SectionText::all);
  EXPECT_EQ(items.bodies[1].section.text, SectionText::text);
  EXPECT_TRUE(items.sets_seen);
}

TEST(FetchItems, PeekDoesNotSetSeen) {
  EXPECT_FALSE(parse("(BODY.PEEK[1] RFC822.HEADER FLAGS UID)").value().sets_seen);
  EXPECT_TRUE(parse("RFC822").value().sets_seen);
  EXPECT_TRUE(parse("RFC822.TEXT").value().sets_seen);
}

TEST(FetchItems, ReadsPartNumbersWithAndWithoutText) {
  const auto items = parse("(BODY.PEEK[1.2.MIME] BODY.PEEK[3] BODY.PEEK[4.HEADER])").value();
  ASSERT_EQ(items.bodies.size(), 3U);
  EXPECT_EQ(items.bodies[0].section.part, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(items.bodies[0].section.text, SectionText::mime);
  EXPECT_EQ(items.bodies[1].section.part, (std::vector<std::uint32_t>{3}));
  EXPECT_EQ(items.bodies[2].section.text, SectionText::header);
}

TEST(FetchItems, ReadsHeaderFieldsAndPartialRanges) {
  const auto items = parse("BODY[HEADER.FIELDS.NOT (Date \"From\" {2}\r\nTo)]<10.20>").value();
  const BodyItem& item = items.bodies.at(0);
  EXPECT_EQ(item.section.text, SectionText::header_fields_not);
  EXPECT_EQ(item.section.fields, (std::vector<std::string>{"Date", "From", "To"}));
  ASSERT_TRUE(item.partial);
  EXPECT_EQ(item.partial->offset, 10U);
  EXPECT_EQ(item.partial->octets, 20U);
}

// RFC 3516 7
TEST(FetchItems, ReadsPartsWithoutTheirEncodings) {
  const auto items = parse("(BINARY.PEEK[1.2]<3.4> BINARY.SIZE[2] BINARY.PEEK[])").value();
  ASSERT_EQ(items.bodies.size(), 3U);
  EXPECT_EQ(items.bodies[0].form, BodyForm::binary);
  EXPECT_EQ(items.bodies[0].section.part, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(items.bodies[0].partial->octets, 4U);
  EXPECT_EQ(items.bodies[1].form, BodyForm::binary_size);
  EXPECT_TRUE(items.bodies[2].section.part.empty());
  EXPECT_FALSE(items.sets_seen);
  EXPECT_TRUE(parse("BINARY[1]").value().sets_seen);
}

// RFC 8970 6
TEST(FetchItems, ReadsPreviews) {
  EXPECT_TRUE(parse("PREVIEW").value().preview);
  EXPECT_TRUE(parse("(FLAGS PREVIEW (LAZY) UID)").value().uid);
  EXPECT_FALSE(parse("(PREVIEW (EAGER))"));
}

class WrongFetchItems : public testing::TestWithParam<const char*> {};
TEST_P(WrongFetchItems, AreRefused) {
  EXPECT_FALSE(parse(GetParam())) << GetParam();
}
INSTANTIATE_TEST_SUITE_P(Forms, WrongFetchItems,
                         testing::Values("", "()", "FLAG", "(FLAGS", "(FLAGS  UID)", "(ALL)",
                                         "BODY[", "BODY[MIME]", "BODY[1.]", "BODY[.1]", "BODY[0]",
                                         "BODY[1..2]", "BODY[HEADER.FIELDS]",
                                         "BODY[HEADER.FIELDS ()]", "BODY[]<1>", "BODY[]<1.0>",
                                         "BODY[]<1.2", "BODY[NAME]", "RFC822.SIZES", "BODY.PEEK",
                                         "BODY[4294967296]", "BINARY", "BINARY[TEXT]", "BINARY[1.]",
                                         "BINARY[1.MIME]", "BINARY.SIZE[1]<0.1>", "BINARY[1]<0.0>",
                                         "BINARY[1"));

TEST(FetchItems, LimitsSectionsFieldsAndDepth) {
  std::string many = "(FLAGS";
  for (std::size_t i = 0; i <= kMaxBodyItems; ++i) many += " BODY.PEEK[]";
  EXPECT_FALSE(parse(many + ")"));
  std::string fields = "BODY.PEEK[HEADER.FIELDS (A";
  for (std::size_t i = 0; i < kMaxHeaderFields; ++i) fields += " A";
  EXPECT_FALSE(parse(fields + ")]"));
  std::string deep = "BODY.PEEK[1";
  for (std::size_t i = 0; i < kMaxPartDepth; ++i) deep += ".1";
  EXPECT_FALSE(parse(deep + "]"));
}

}  // namespace
}  // namespace mailkeep::imap
