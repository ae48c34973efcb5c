#include "mime/preview.h"

#include <gtest/gtest.h>

#include "mime/message_parser.h"
#include "mime/text/charset.h"

namespace mailkeep::mime {
namespace {

std::string preview_of(const std::string& message) {
  return preview(parse_message(message), message);
}

std::string with_type(const std::string& type, const std::string& body,
                      const std::string& encoding = "8bit") {
  return "Content-Type: " + type + "\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body;
}

TEST(Preview, IsTheTextInOneLine) {
  EXPECT_EQ(preview_of("Subject: x\r\n\r\nHello,\r\n\r\n  how\tare you?\r\n"),
            "Hello, how are you?");
}

TEST(Preview, OfNoTextIsEmpty) {
  EXPECT_EQ(preview_of(""), "");
  EXPECT_EQ(preview_of("Subject: x\r\n\r\n\r\n \t\r\n"), "");
  EXPECT_EQ(preview_of(with_type("image/png", "aGFsbG8=", "base64")), "");
}

TEST(Preview, HasTwoHundredCharactersAtMostWhateverTheirOctets) {
  std::string greek;
  for (int i = 0; i < 5000; ++i) greek += "\xce\xb1";
  const std::string text = preview_of(with_type("text/plain; charset=utf-8", greek));
  EXPECT_EQ(text.size(), 400U);
  EXPECT_TRUE(is_valid_utf8(text));
}

TEST(Preview, DecodesEncodingAndCharset) {
  EXPECT_EQ(preview_of(with_type("text/plain; charset=iso-8859-1", "Gr=FC=DFe =\r\naus K=F6ln",
                                 "quoted-printable")),
            "Gr\xc3\xbc\xc3\x9f"
            "e aus K\xc3\xb6ln");
  EXPECT_EQ(preview_of(with_type("text/plain; charset=utf-8", "R3LDvMOfZQ==", "base64")),
            "Gr\xc3\xbc\xc3\x9f"
            "e");
}

TEST(Preview, LeavesOutQuotesAndSignatureWhereThereIsMore) {
  EXPECT_EQ(preview_of("\r\n> Shall we?\r\n> Now?\r\nYes.\r\n-- \r\nAda\r\n"), "Yes.");
  EXPECT_EQ(preview_of("\r\n> Shall we?\r\n>> Now?\r\n"), "Shall we? Now?");
}

TEST(Preview, OfHtmlHasNoMarkup) {
  const std::string html =
      "<!DOCTYPE html><html><head><title>T</title><style>p > a { color: red }</style></head>"
      "<body><!-- hidden <b> --><p class=\"a>b\">One&nbsp;<b>t</b>wo</p><script>if (a<b) c()"
      "</script><p>three &amp; f&uuml;nf &#x2019;&#146; &unknown; a < b</p>";
  EXPECT_EQ(preview_of(with_type("text/html; charset=utf-8", html)),
            "One two three & f\xc3\xbcnf \xe2\x80\x99\xe2\x80\x99 &unknown; a < b");
}

TEST(Preview, OfHtmlLeavesOutQuotesWhereThereIsMore) {
  EXPECT_EQ(preview_of(with_type("text/html",
                                 "<blockquote>old<blockquote>older</blockquote>"
                                 "</blockquote>new")),
            "new");
  EXPECT_EQ(preview_of(with_type("text/html", "<blockquote>old</blockquote>")), "old");
}

TEST(Preview, OfBrokenHtmlIsWhatCanBeRead) {
  EXPECT_EQ(preview_of(with_type("text/html", "words<p title=\"never closed> lost")), "words");
  EXPECT_EQ(preview_of(with_type("text/html", "words <style>never closed")), "words");
  EXPECT_EQ(preview_of(with_type("text/html", "words <!-- never closed")), "words");
  EXPECT_EQ(preview_of(with_type("text/html", "1 <2 &#0; &#xd800; &#99999999999;")),
            "1 <2 \xef\xbf\xbd \xef\xbf\xbd &#99999999999;");
}

TEST(Preview, TakesTheFirstPartWithWords) {
  const std::string message =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
      "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nno\r\n"
      "--b\r\nContent-Type: text/calendar\r\n\r\nno\r\n"
      "--b\r\nContent-Type: text/plain\r\n\r\n \r\n"
      "--b\r\nContent-Type: text/html\r\n\r\n<p>yes</p>\r\n--b--\r\n";
  EXPECT_EQ(preview_of(message), "yes");
}

TEST(Preview, ReadsOnWhereTheBeginningHasNoWords) {
  EXPECT_EQ(
      preview_of(with_type("text/html", "<style>" + std::string(100'000, 'x') + "</style>words")),
      "words");
}

TEST(Preview, ReadsOfAPartNoMoreThanItsLimit) {
  const std::string message = "\r\n" + std::string(2 << 20, ' ') + "words";
  std::uint64_t octets = 0;
  const Structure structure = parse_message(message);
  EXPECT_EQ(preview(structure,
                    [&](std::uint64_t offset, std::uint64_t length, std::string& out) {
                      octets += length;
                      out += message.substr(offset, length);
                    }),
            "");
  EXPECT_LE(octets, 2 * kPreviewOctets);
}

TEST(Preview, LooksIntoNoMorePartsThanItsLimit) {
  std::string message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (std::size_t i = 0; i < kPreviewParts; ++i) message += "--b\r\n\r\n  \r\n\r\n";
  EXPECT_EQ(preview_of(message + "--b\r\n\r\nwords\r\n--b--"), "");
}

TEST(Preview, HasNoControlsNorInvisibleCharacters) {
  EXPECT_EQ(preview_of(with_type("text/plain; charset=utf-8", std::string("a\0b\x1b[1m\x7f", 8) +
                                                                  "c\xe2\x80\x8b\xe2\x80\xae"
                                                                  "d\xc2\xa0\xe3\x80\x80"
                                                                  "e")),
            "a b [1m cd e");
}

TEST(Preview, DoesNotEndInHalfACharacterWhereTheInputIsCut) {
  std::string text(kPreviewOctets - 3, ' ');
  text += "ab\xc3\xa4\xc3\xa4";
  EXPECT_EQ(preview_of(with_type("text/plain; charset=utf-8", text)), "ab");
}

}  // namespace
}  // namespace mailkeep::mime
