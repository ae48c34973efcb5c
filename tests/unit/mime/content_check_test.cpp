#include "mime/content_check.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "mime/message_parser.h"
#include "structure_check.h"

namespace mailkeep::mime {
namespace {

using namespace std::string_view_literals;

std::optional<std::uint64_t> damage(TransferEncoding encoding, std::string_view content,
                                    std::size_t piece_bytes = 1'000'000) {
  ContentCheck check(encoding, 100);
  for (std::size_t at = 0; at < content.size(); at += piece_bytes) {
    check.feed(content.substr(at, piece_bytes));
  }
  check.finish();
  return check.first_damage();
}

TEST(ContentCheck, FindsThePlaceInBase64) {
  const auto base64 = [](std::string_view content) {
    return damage(TransferEncoding::base64, content);
  };
  EXPECT_EQ(base64(""), std::nullopt);
  EXPECT_EQ(base64("QUJD\r\nQQ==\r\n"), std::nullopt);
  EXPECT_EQ(base64("QUJD*"), 104U);
  EXPECT_EQ(base64("QUJDQ"), 105U);
  EXPECT_EQ(base64("QQ==QUJD"), 104U);
  EXPECT_EQ(base64(std::string(1000, 'A')), std::nullopt);
  EXPECT_EQ(base64(std::string(1000, 'A') + "-AAA"), 1100U);
}

TEST(ContentCheck, FindsThePlaceInQuotedPrintable) {
  const auto quoted = [](std::string_view content) {
    return damage(TransferEncoding::quoted_printable, content);
  };
  EXPECT_EQ(quoted("a=C3=a4=\r\nb= \nc="), std::nullopt);
  EXPECT_EQ(quoted("ab=ZZ"), 102U);
  EXPECT_EQ(quoted("ab=4"), 102U);
  EXPECT_EQ(quoted("a==41"), 101U);
}

TEST(ContentCheck, AgreesWithTheDecoderWhereverItIsCut) {
  std::mt19937 random(11);
  constexpr std::string_view kOctets = "AZaz09+/QUJD==\r\n \t=3=C\0-\xff"sv;
  for (int round = 0; round < 20'000; ++round) {
    std::string content(random() % 80, 'A');
    const std::size_t oddities = random() % 4;
    for (std::size_t i = 0; i < oddities && !content.empty(); ++i) {
      content[random() % content.size()] = kOctets[random() % kOctets.size()];
    }
    for (const auto encoding : {TransferEncoding::base64, TransferEncoding::quoted_printable}) {
      TransferDecoder decoder(encoding);
      std::string out;
      decoder.feed(content, out);
      decoder.finish(out);
      const auto whole = damage(encoding, content);
      ASSERT_EQ(whole.has_value(), decoder.damaged()) << testing::PrintToString(content);
      ASSERT_EQ(damage(encoding, content, 1 + random() % 20), whole)
          << testing::PrintToString(content);
    }
  }
}

TEST(ContentCheck, TellsOfDamagedPartsOfAMessage) {
  const std::string message =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n"
      "--b\r\nContent-Transfer-Encoding: base64\r\n\r\nQ*UJD\r\n"
      "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=\r\n--x=ZZ\r\n"
      "--b--\r\nQ*\r\n";
  const Structure structure = parse_message(message);
  ASSERT_EQ(defect_names(structure), "invalid_base64 invalid_quoted_printable");
  EXPECT_EQ(structure.defects[0].part, 2U);
  EXPECT_EQ(structure.defects[0].offset, message.find('*'));
  EXPECT_EQ(structure.defects[1].part, 3U);
  EXPECT_EQ(structure.defects[1].offset, message.find("=ZZ"));
}

}  // namespace
}  // namespace mailkeep::mime
