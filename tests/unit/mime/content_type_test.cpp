#include "mime/content_type.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mime/text/decoders.h"

namespace mailkeep::mime {
namespace {

class ContentTypeTest : public testing::Test {
 protected:
  std::string type_of(std::string_view value) {
    const ContentType type = parse_content_type(value, keeper_);
    return std::string(type.valid ? "" : "! ") + std::string(type.type) + "/" +
           std::string(type.subtype);
  }

  ParserLimits limits_;
  TextArena arena_;
  ValueKeeper keeper_{limits_, arena_};
};

TEST_F(ContentTypeTest, KeepsTheTypeAsWritten) {
  EXPECT_EQ(type_of("text/plain"), "text/plain");
  EXPECT_EQ(type_of(" Text / HTML ; charset=x"), "Text/HTML");
  EXPECT_EQ(type_of("(a) image(b)/(c)png(d)"), "image/png");
  EXPECT_EQ(type_of("application/x-a+b.c;"), "application/x-a+b.c");
  EXPECT_EQ(type_of("text/plain charset=x"), "text/plain");
}

TEST_F(ContentTypeTest, IsTextPlainWhereThereIsNoType) {
  for (const std::string_view value :
       {"", "text", "text/", "/plain", "; a=b", "\"text/plain\"", "text\\plain"}) {
    EXPECT_EQ(type_of(value), "! text/plain") << value;
  }
}

TEST_F(ContentTypeTest, HasParametersEvenWithoutAType) {
  const ContentType type = parse_content_type("image; name=a.png", keeper_);
  ASSERT_EQ(type.list.parameters.size(), 1U);
  EXPECT_EQ(type.list.parameters[0].value, "a.png");
}

TEST_F(ContentTypeTest, PassesOverWhatFollowsTheSubtype) {
  const ContentType type = parse_content_type("a/b/c; d=e", keeper_);
  EXPECT_EQ(type.subtype, "b");
  EXPECT_TRUE(type.list.malformed);
  EXPECT_EQ(type.list.parameters.size(), 1U);
}

TEST_F(ContentTypeTest, AnUnnamedDispositionIsAnAttachment) {
  const ContentDisposition named = parse_content_disposition("Inline; filename=a", keeper_);
  EXPECT_EQ(named.disposition.type, "Inline");
  EXPECT_FALSE(named.malformed);
  const ContentDisposition unnamed = parse_content_disposition("; filename=a", keeper_);
  EXPECT_EQ(unnamed.disposition.type, "attachment");
  EXPECT_EQ(unnamed.disposition.parameters.at(0).value, "a");
  EXPECT_TRUE(unnamed.malformed);
}

TEST_F(ContentTypeTest, FindsTheEncodingAmongOtherThings) {
  EXPECT_EQ(parse_transfer_encoding(" base64 "), "base64");
  EXPECT_EQ(parse_transfer_encoding("(a) Quoted-Printable (b)"), "Quoted-Printable");
  EXPECT_EQ(parse_transfer_encoding("\"base64\""), "base64");
  EXPECT_EQ(parse_transfer_encoding("base64;"), "base64");
  EXPECT_EQ(parse_transfer_encoding("7 bit"), "7bit");
  EXPECT_EQ(parse_transfer_encoding("8 BIT"), "8bit");
  EXPECT_EQ(parse_transfer_encoding("7"), "7");
  EXPECT_EQ(parse_transfer_encoding(""), "");
  EXPECT_EQ(parse_transfer_encoding("x-uuencode"), "x-uuencode");
}

TEST_F(ContentTypeTest, KnowsTheEncodings) {
  EXPECT_EQ(transfer_encoding("BASE64"), TransferEncoding::base64);
  EXPECT_EQ(transfer_encoding(" quoted-printable\r\n (x)"), TransferEncoding::quoted_printable);
  EXPECT_EQ(transfer_encoding("7bit"), TransferEncoding::identity);
  EXPECT_EQ(transfer_encoding("8 bit"), TransferEncoding::identity);
  EXPECT_EQ(transfer_encoding("binary"), TransferEncoding::identity);
  EXPECT_EQ(transfer_encoding("x-uuencode"), TransferEncoding::unknown);
  EXPECT_EQ(transfer_encoding(""), TransferEncoding::unknown);
}

TEST_F(ContentTypeTest, ReadsLanguages) {
  EXPECT_THAT(parse_languages("en, de (German) fr;x", keeper_),
              testing::ElementsAre("en", "de", "fr", "x"));
  EXPECT_THAT(parse_languages(" , ", keeper_), testing::IsEmpty());
}

TEST_F(ContentTypeTest, ReadsLanguagesUpToTheLimit) {
  limits_.parameters = 1;
  EXPECT_THAT(parse_languages("en, de", keeper_), testing::ElementsAre("en"));
}

}  // namespace
}  // namespace mailkeep::mime
