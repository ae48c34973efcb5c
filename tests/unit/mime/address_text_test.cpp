#include "mime/address_text.h"

#include <string>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

TEST(AddressText, IsWhatEnvelopeShows) {
  EXPECT_EQ(address_text(" Ann <ann@example.org>, bob@example.org\r\n"),
            "Ann <ann@example.org>, bob@example.org");
  EXPECT_EQ(address_text("Friends: ann@a, \"Bob \\\"B\\\"\" <bob@b>; , carl@c"),
            "Friends: ann@a, Bob \"B\" <bob@b>; carl@c");
}

TEST(AddressText, HasNoQuotesCommentsAndFoldingInsideAnAddress) {
  EXPECT_EQ(address_text("fr\"\"\"\"om@there.com"), "from@there.com");
  EXPECT_EQ(address_text("\"john doe\"@example.org"), "john doe@example.org");
  EXPECT_EQ(address_text("john\r\n . doe @ example . org"), "john.doe@example.org");
  EXPECT_EQ(address_text("j (x) . doe <a@ (b) c>"), "j . doe <a@c>");
  EXPECT_EQ(address_text("<@relay.example:ann@example.org>"), "ann@example.org");
}

TEST(AddressText, HasDecodedNames) {
  EXPECT_EQ(address_text("=?utf-8?Q?Andr=C3=A9?= <a@b>"), "Andr\xc3\xa9 <a@b>");
  EXPECT_EQ(address_text("\"=?utf-8?Q?Andr=C3=A9?=\" <a@b>"), "Andr\xc3\xa9 <a@b>");
  EXPECT_EQ(address_text("=?utf-8?Q?Caf=C3=A9?=: a@b;"), "Caf\xc3\xa9: a@b;");
}

TEST(AddressText, LeavesOutWhatIsMissing) {
  EXPECT_EQ(address_text(""), "");
  EXPECT_EQ(address_text("undisclosed-recipients:;"), "undisclosed-recipients:;");
  EXPECT_EQ(address_text("ann"), "ann");
  EXPECT_EQ(address_text("<@>, <>").find("MISSING"), std::string::npos);
}

}  // namespace
}  // namespace mailkeep::mime
