// Input cut anywhere gives the structure of the whole, and the structure of any input keeps the
// rules.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mime/message_parser.h"
#include "structure_check.h"

namespace mailkeep::mime {
namespace {

using testing::IsEmpty;
using namespace std::string_literals;

const std::vector<std::string>& messages() {
  static const std::vector<std::string> all{
      "",
      "\n",
      "\r\n",
      "\r",
      "x",
      "--",
      "Subject: only a header",
      "Subject: a\r\n\r\nbody\r\nwith \rbare cr\r and \n lf\r",
      "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\n"
      "Content-Type: text/html\r\n\r\n<p>\r\n--b--\r\nepilogue\r\n",
      "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: "
      "x\n"
      "--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\nin\n--bbb\n--b   \t \nlast",
      "Content-Type: multipart/mixed; boundary=b\r\n--b\r\n\r\none\r\n--b\r\nA: b\r\n--b--",
      "Content-Type: multipart/digest; boundary=\"a b\"\r\n\r\n--a b\r\n\r\nFrom: x@y\r\n\r\nz\r\n"
      "--a b --\r\n--a b--\r\n--a b\r\n",
      "Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: "
      "multipart/mixed; boundary=-\r\n\r\n---\r\n-----\r\n---\r\n\r\n",
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b                              x\r\n\r\n"
      "--b                                            \r\n\r\n--b--                         x\r\n",
      "Subject: a\0b\r\n\r\nx\0\r\r\n--\r\n"s,
  };
  return all;
}

std::string parse_in_pieces(std::string_view message, std::vector<std::size_t> cuts) {
  MessageParser parser;
  std::size_t at = 0;
  cuts.push_back(message.size());
  for (const std::size_t cut : cuts) {
    // A copy of exactly these octets, so that a sanitizer sees any look beyond them.
    const std::vector<char> piece(message.begin() + static_cast<std::ptrdiff_t>(at),
                                  message.begin() + static_cast<std::ptrdiff_t>(cut));
    parser.feed({piece.data(), piece.size()});
    at = cut;
  }
  return serialize(parser.finish());
}

TEST(MessageParserCut, AnySingleCutGivesTheSameStructure) {
  for (const std::string& message : messages()) {
    const std::string whole = serialize(parse_message(message));
    for (std::size_t cut = 0; cut <= message.size(); ++cut) {
      ASSERT_EQ(parse_in_pieces(message, {cut}), whole) << "cut at " << cut << " of\n" << message;
    }
  }
}

TEST(MessageParserCut, OctetByOctetGivesTheSameStructure) {
  for (const std::string& message : messages()) {
    std::vector<std::size_t> cuts(message.size());
    for (std::size_t i = 0; i < cuts.size(); ++i) cuts[i] = i + 1;
    ASSERT_EQ(parse_in_pieces(message, cuts), serialize(parse_message(message))) << message;
  }
}

TEST(MessageParserCut, StructuresKeepTheRules) {
  for (const std::string& message : messages()) {
    EXPECT_THAT(violations(parse_message(message), message), IsEmpty()) << message;
  }
}

// A message put together at random from pieces that matter to the parser.
std::string random_message(std::mt19937& random) {
  static const std::vector<std::string> pieces{
      "\r\n",
      "\n",
      "\r",
      "\r\n\r\n",
      "--a",
      "--a--",
      "--ab",
      "--ab--",
      "--",
      "-",
      " ",
      "x",
      "text of a line",
      "Content-Type: multipart/mixed; boundary=a\r\n",
      "Content-Type: multipart/digest; boundary=ab\n",
      "Content-Type: multipart/mixed; boundary=\"a\r\n",
      "Content-Type: multipart/mixed;; boundary*=us-ascii''%61\r\n",
      "Content-Type: message/rfc822\r\n",
      "Content-Transfer-Encoding: base64\r\n",
      "Content-Transfer-Encoding: quoted-printable\n",
      "QUJD=",
      "a=4",
      "Content-Disposition: attachment; filename*0=a; filename*1=b\r\n",
      "From: a b <c@d>, e: f@g;\r\n",
      "Subject: =?utf-8?q?x?=\r\n y\r\n",
      "junk\r\n",
      "\0"s,
      "\xe4\xff",
      "                                                                                    ",
  };
  std::string message;
  const std::size_t count = random() % 40;
  for (std::size_t i = 0; i < count; ++i) message += pieces[random() % pieces.size()];
  return message;
}

TEST(MessageParserCut, RandomMessagesCutAtRandomPlacesGiveTheSameStructure) {
  std::mt19937 random(20240501);
  for (int round = 0; round < 20'000; ++round) {
    const std::string message = random_message(random);
    const Structure structure = parse_message(message);
    ASSERT_THAT(violations(structure, message), IsEmpty()) << testing::PrintToString(message);

    std::vector<std::size_t> cuts(random() % 6);
    for (std::size_t& cut : cuts) cut = message.empty() ? 0 : random() % message.size();
    std::sort(cuts.begin(), cuts.end());
    ASSERT_EQ(parse_in_pieces(message, cuts), serialize(structure))
        << testing::PrintToString(message) << " cut at " << testing::PrintToString(cuts);
  }
}

}  // namespace
}  // namespace mailkeep::mime
