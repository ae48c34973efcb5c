#include "protocol/sasl/base64.h"

#include <gtest/gtest.h>

namespace mailkeep::sasl {
namespace {

TEST(Base64, EncodesTheVectorsOfTheRfc) {  // RFC 4648 10
  EXPECT_EQ(encode_base64(""), "");
  EXPECT_EQ(encode_base64("f"), "Zg==");
  EXPECT_EQ(encode_base64("fo"), "Zm8=");
  EXPECT_EQ(encode_base64("foo"), "Zm9v");
  EXPECT_EQ(encode_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(encode_base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(encode_base64("foobar"), "Zm9vYmFy");
}

TEST(Base64, DecodesWhatItEncoded) {
  std::string octets;
  for (int length = 0; length < 300; ++length) {
    EXPECT_EQ(decode_base64(encode_base64(octets)), octets) << length;
    octets.push_back(static_cast<char>(length * 37));
  }
}

TEST(Base64, RefusesOctetsOutsideTheAlphabet) {
  EXPECT_FALSE(decode_base64("Zm9v\r\n"));
  EXPECT_FALSE(decode_base64("Zm 9"));
  EXPECT_FALSE(decode_base64("Zm9-"));
  EXPECT_FALSE(decode_base64("Zm9\xc3"));
  EXPECT_FALSE(decode_base64(std::string_view("Zm9\0", 4)));
}

TEST(Base64, RefusesPaddingThatIsNotAtTheEnd) {  // RFC 5034 4
  EXPECT_FALSE(decode_base64("=AAA"));
  EXPECT_FALSE(decode_base64("AAA=BBBB"));
  EXPECT_FALSE(decode_base64("Z==="));
  EXPECT_FALSE(decode_base64("===="));
  EXPECT_FALSE(decode_base64("="));
}

TEST(Base64, RefusesAWrongLength) {
  EXPECT_FALSE(decode_base64("Z"));
  EXPECT_FALSE(decode_base64("Zm"));
  EXPECT_FALSE(decode_base64("Zm8"));
  EXPECT_FALSE(decode_base64("Zm9vY"));
}

TEST(Base64, RefusesBitsBeyondTheLastOctet) {
  EXPECT_TRUE(decode_base64("Zg=="));
  EXPECT_FALSE(decode_base64("Zh=="));
  EXPECT_FALSE(decode_base64("Zm9="));
}

}  // namespace
}  // namespace mailkeep::sasl
