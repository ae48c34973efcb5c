#include "mime/text/decoders.h"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mailkeep::mime {
namespace {

// The decoded text, with "!" before it where something was damaged.
std::string decoded(TransferEncoding encoding, std::string_view text,
                    std::size_t piece_bytes = 1'000'000) {
  TransferDecoder decoder(encoding);
  std::string out;
  while (!text.empty()) {
    decoder.feed(text.substr(0, piece_bytes), out);
    text.remove_prefix(std::min(piece_bytes, text.size()));
  }
  decoder.finish(out);
  return decoder.damaged() ? "!" + out : out;
}

struct DecoderCase {
  std::string_view encoded;
  std::string_view text;
};

void expect_all(TransferEncoding encoding, const std::vector<DecoderCase>& cases) {
  for (const DecoderCase& one : cases) {
    EXPECT_EQ(decoded(encoding, one.encoded), one.text) << one.encoded;
    for (const std::size_t piece : {1, 2, 3, 5}) {
      EXPECT_EQ(decoded(encoding, one.encoded, piece), one.text)
          << one.encoded << " in pieces of " << piece;
    }
  }
}

TEST(Base64, DecodesWhatIsValid) {
  expect_all(TransferEncoding::base64, {
                                           {"", ""},
                                           {"QQ==", "A"},
                                           {"QUI=", "AB"},
                                           {"QUJD", "ABC"},
                                           {"QUJD\r\nREVG\r\n", "ABCDEF"},
                                           {"QU JD\tRE\r\nVG", "ABCDEF"},
                                           {"+/+/", "\xfb\xff\xbf"},
                                           {"QQ==\r\n", "A"},
                                           {"Q\r\nQ\r\n=\r\n=", "A"},
                                       });
}

TEST(Base64, PassesOverWhatIsNot) {
  expect_all(TransferEncoding::base64, {
                                           {"QUJD*REVG", "!ABCDEF"},
                                           {"QU\xe4JD", "!ABC"},
                                           {"QUJDQ", "!ABC"},
                                           {"QUJDQUI", "!ABCAB"},
                                           {"QUJDQQ", "!ABCA"},
                                           {"QQ==QUJD", "!AABC"},
                                           {"=", "!"},
                                           {"QUJD=", "!ABC"},
                                           {"Q===", "!"},
                                           {"----", "!"},
                                       });
}

TEST(Base64, DecodesLongContentAsItWasEncoded) {
  std::mt19937 random(5);
  std::string octets(100'000, '\0');
  for (char& octet : octets) octet = static_cast<char>(random());
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  for (std::size_t i = 0; i + 3 <= octets.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | static_cast<unsigned char>(octets[i + k]);
    for (int shift = 18; shift >= 0; shift -= 6) encoded += kDigits[bits >> shift & 63];
    if (i % 57 == 54) encoded += "\r\n";
  }
  octets.resize(octets.size() / 3 * 3);
  EXPECT_TRUE(decoded(TransferEncoding::base64, encoded) == octets);
  EXPECT_TRUE(decoded(TransferEncoding::base64, encoded, 1000) == octets);
}

TEST(QuotedPrintable, DecodesWhatIsValid) {
  expect_all(TransferEncoding::quoted_printable, {
                                                     {"", ""},
                                                     {"a=20b", "a b"},
                                                     {"=C3=A4=c3=a4", "\xc3\xa4\xc3\xa4"},
                                                     {"a=\r\nb", "ab"},
                                                     {"a=  \t\r\nb", "ab"},
                                                     {"a=\nb", "ab"},
                                                     {"a \t\r\nb \r\n", "a\r\nb\r\n"},
                                                     {"a\nb", "a\nb"},
                                                     {"a=20\r\n", "a \r\n"},
                                                     {"a=", "a"},
                                                     {"a  ", "a"},
                                                     {"a=3D=\r\n3D", "a=3D"},
                                                     {"\r\n\r\n", "\r\n\r\n"},
                                                 });
}

TEST(QuotedPrintable, KeepsWhatIsNot) {
  expect_all(TransferEncoding::quoted_printable, {
                                                     {"a=ZZb", "!a=ZZb"},
                                                     {"a=4", "!a=4"},
                                                     {"==41", "!=A"},
                                                     {"a==\r\nb", "!a=b"},
                                                     {"a\rb", "a\rb"},
                                                     {"a\r\r\nb", "a\r\r\nb"},
                                                 });
}

TEST(QuotedPrintable, DecodesEndlessLinesWithoutKeepingThem) {
  std::string encoded;
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    encoded += "a =3D ";
    text += "a = ";
  }
  text.pop_back();
  EXPECT_TRUE(decoded(TransferEncoding::quoted_printable, encoded) == text);
  EXPECT_TRUE(decoded(TransferEncoding::quoted_printable, encoded, 1) == text);
  const std::string blank(200'000, ' ');
  EXPECT_EQ(decoded(TransferEncoding::quoted_printable, blank + "\r\n", 1), "\r\n");
  EXPECT_TRUE(decoded(TransferEncoding::quoted_printable, blank + "x", 1) == blank + "x");
}

TEST(TransferDecoder, LetsOtherEncodingsPass) {
  expect_all(TransferEncoding::identity, {{"a=20\r\n\xe4", "a=20\r\n\xe4"}});
  expect_all(TransferEncoding::unknown, {{"QQ==", "QQ=="}});
}

}  // namespace
}  // namespace mailkeep::mime
