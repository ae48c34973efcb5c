#include "mime/part_text.h"

#include <gtest/gtest.h>

#include "mime/message_parser.h"

namespace mailkeep::mime {
namespace {

Structure typed(std::string_view content_type) {
  return parse_message("Content-Type: " + std::string(content_type) + "\r\n\r\nx: y\r\n");
}

TEST(PartText, TextAndReportsAreSearched) {
  EXPECT_TRUE(is_searchable(typed("text/plain").root()));
  EXPECT_TRUE(is_searchable(typed("TEXT/x-anything").root()));
  EXPECT_TRUE(is_searchable(typed("message/delivery-status").root()));
  EXPECT_FALSE(is_searchable(typed("message/rfc822").root()));
  EXPECT_FALSE(is_searchable(typed("image/png").root()));
  EXPECT_FALSE(is_searchable(typed("multipart/mixed; boundary=b\r\n\r\n--b\r\n").root()));
}

TEST(PartText, CharsetIsThatOfTheParameterOrAscii) {
  EXPECT_EQ(charset_of(typed("text/plain; charset=utf-8").root()), "utf-8");
  EXPECT_EQ(charset_of(typed("text/plain; CharSet*=''koi8-r").root()), "''koi8-r");
  EXPECT_EQ(charset_of(typed("text/plain; charset=\"\"").root()), "us-ascii");
  EXPECT_EQ(charset_of(typed("text/plain").root()), "us-ascii");
}

TEST(PartText, ParametersAreFoundByTheirPlainName) {
  const Structure structure = typed("text/plain; a=1; A=2; b*=''3");
  EXPECT_EQ(parameter(structure.root().parameters, "A"), "1");
  EXPECT_EQ(parameter(structure.root().parameters, "b"), "''3");
  EXPECT_EQ(parameter(structure.root().parameters, "c"), std::nullopt);
}

}  // namespace
}  // namespace mailkeep::mime
