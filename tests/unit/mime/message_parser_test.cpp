#include "mime/message_parser.h"

#include <ctime>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "structure_check.h"

namespace mailkeep::mime {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

// A message whose root has this Content-Type, and this body.
std::string typed(std::string_view content_type, std::string_view body) {
  return "Content-Type: " + std::string(content_type) + "\r\n\r\n" + std::string(body);
}

struct MessageCase {
  std::string name;
  std::string message;
  std::string outline;
  std::string defects;
};

void PrintTo(const MessageCase& odd, std::ostream* out) {
  *out << odd.name;
}

class OddMessage : public testing::TestWithParam<MessageCase> {};

TEST_P(OddMessage, HasTheParts) {
  const MessageCase& odd = GetParam();
  const Structure structure = parse_message(odd.message);
  EXPECT_EQ(outline(structure), odd.outline);
  EXPECT_EQ(defect_names(structure), odd.defects);
  EXPECT_THAT(violations(structure, odd.message), IsEmpty());
}

const std::vector<MessageCase>& cases() {
  static const std::vector<MessageCase> all{
      {"empty", "", "text/plain[0]", ""},
      {"blank_line_only", "\r\n", "text/plain[0]", ""},
      {"header_only", "Subject: a\r\n", "text/plain[0]", ""},
      {"header_without_line_end", "Subject: a", "text/plain[0]", ""},
      {"body_only", "\r\nbody", "text/plain[4]", ""},
      {"plain", "Subject: a\r\n\r\nbody\r\n", "text/plain[6]", ""},
      {"bare_lf", "Subject: a\n\nbody\n", "text/plain[5]", "bare_lf"},
      {"bare_cr", "Subject: a\r\n\r\nb\rc", "text/plain[3]", "bare_cr"},
      {"nul", std::string("A: b\r\n\r\n\0", 9), "text/plain[1]", "nul_octet"},
      {"two_parts",
       typed("multipart/mixed; boundary=b", "--b\r\n\r\none\r\n--b\r\n\r\nfour\r\n--b--\r\n"),
       "multipart/mixed(text/plain[3] text/plain[4])", ""},
      {"preamble_and_epilogue",
       typed("multipart/mixed; boundary=b",
             "before\r\n--b\r\n\r\none\r\n--b--\r\n--b\r\n\r\nafter\r\n"),
       "multipart/mixed(text/plain[3])", ""},
      {"delimiter_with_spaces",
       typed("multipart/mixed; boundary=b", "--b \t\r\n\r\none\r\n--b-- \r\n"),
       "multipart/mixed(text/plain[3])", ""},
      {"delimiter_with_text_behind",
       typed("multipart/mixed; boundary=b", "--bc\r\n\r\none\r\n--b--c\r\nepilogue"),
       "multipart/mixed(text/plain[3])", ""},
      {"empty_parts",
       typed("multipart/mixed; boundary=b", "--b\r\n--b\r\n\r\n--b\r\n\r\n\r\n--b--\r\n"),
       "multipart/mixed(text/plain[0] text/plain[0] text/plain[0])", ""},
      {"header_runs_into_delimiter",
       typed("multipart/mixed; boundary=b", "--b\r\nContent-Type: text/html\r\n--b--\r\n"),
       "multipart/mixed(text/html[0])", ""},
      {"message_header_runs_into_delimiter",
       typed("multipart/mixed; boundary=b",
             "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: a\r\n--b--\r\n"),
       "multipart/mixed(message/rfc822(text/plain[0]))", ""},
      {"message_without_header",
       typed("multipart/mixed; boundary=b", "--b\r\nContent-Type: message/rfc822\r\n\r\n--b--\r\n"),
       "multipart/mixed(message/rfc822(text/plain[0]))", ""},
      {"message_part_header_runs_into_delimiter",
       typed("multipart/mixed; boundary=b", "--b\r\nContent-Type: message/rfc822\r\n--b--\r\n"),
       "multipart/mixed(message/rfc822(text/plain[0]))", ""},
      {"no_closing_delimiter", typed("multipart/mixed; boundary=b", "--b\r\n\r\none\r\n"),
       "multipart/mixed(text/plain[5])", "missing_closing_boundary"},
      {"outer_delimiter_closes_inner",
       typed("multipart/mixed; boundary=b",
             "--b\r\nContent-Type: multipart/mixed; "
             "boundary=i\r\n\r\n--i\r\n\r\none\r\n--b\r\n\r\nfour\r\n--b--\r\n"),
       "multipart/mixed(multipart/mixed(text/plain[3]) text/plain[4])", "missing_closing_boundary"},
      {"outer_delimiter_in_message",
       typed("multipart/mixed; boundary=b",
             "--b\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; "
             "boundary=i\r\n\r\n"
             "--i\r\n\r\none\r\n--b--\r\n"),
       "multipart/mixed(message/rfc822(multipart/mixed(text/plain[3])))",
       "missing_closing_boundary"},
      {"inner_boundary_continues_outer",
       typed(
           "multipart/mixed; boundary=b",
           "--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\none\r\n--bb--\r\n"
           "--b\r\n\r\nfour\r\n--b--\r\n"),
       "multipart/mixed(multipart/mixed(text/plain[3]) text/plain[4])", ""},
      {"outer_boundary_continues_inner",
       typed("multipart/mixed; boundary=bb",
             "--bb\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n"
             "--bb\r\n\r\nfour\r\n--bb--\r\n"),
       "multipart/mixed(multipart/mixed(text/plain[3]) text/plain[4])", ""},
      {"same_boundary_inside",
       typed("multipart/mixed; boundary=b",
             "--b\r\nContent-Type: multipart/mixed; "
             "boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n--b--\r\n"),
       "multipart/mixed(multipart/mixed(text/plain[3]))", ""},
      {"boundary_of_dashes", typed("multipart/mixed; boundary=--", "----\r\n\r\none\r\n------\r\n"),
       "multipart/mixed(text/plain[3])", ""},
      {"long_boundary",
       typed("multipart/mixed; boundary=" + std::string(300, 'b'),
             "--" + std::string(300, 'b') + "\r\n\r\none\r\n--" + std::string(299, 'b') + "\r\n"),
       "multipart/mixed(text/plain[308])", "missing_closing_boundary"},
      {"no_boundary_parameter", typed("multipart/mixed", "--b\r\n\r\none\r\n--b--\r\n"),
       "text/plain[19]", "missing_boundary_parameter"},
      {"empty_boundary", typed("multipart/mixed; boundary=\"\"", "--\r\n\r\none\r\n----\r\n"),
       "text/plain[17]", "missing_boundary_parameter"},
      {"boundary_never_found", typed("multipart/mixed; boundary=c", "--b\r\n\r\none\r\n--b--\r\n"),
       "text/plain[19]", "boundary_never_found"},
      {"closing_delimiter_only", typed("multipart/mixed; boundary=b", "--b--\r\n"), "text/plain[7]",
       "boundary_never_found"},
      {"delimiter_at_the_very_end", typed("multipart/mixed; boundary=b", "--b\r\n\r\none\r\n--b"),
       "multipart/mixed(text/plain[3])", "missing_closing_boundary"},
      {"digest",
       typed("multipart/digest; boundary=b",
             "--b\r\n\r\nSubject: a\r\n\r\none\r\n--b\r\n"
             "Content-Type: text/plain\r\n\r\nfour\r\n--b--\r\n"),
       "multipart/digest(message/rfc822(text/plain[3]) text/plain[4])", ""},
      {"message_root", typed("message/rfc822", "Subject: a\r\n\r\none"),
       "message/rfc822(text/plain[3])", ""},
      {"global_message", typed("message/global", "Subject: a\r\n\r\none"),
       "message/global(text/plain[3])", ""},
      {"partial_message", typed("message/partial; id=a", "Subject: a\r\n\r\none"),
       "message/partial[17]", ""},
      {"external_body", typed("message/external-body", "\r\none"), "message/external-body[5]", ""},
      {"encoded_message",
       typed("message/rfc822\r\nContent-Transfer-Encoding: base64", "U3ViamVjdDogYQ=="),
       "application/octet-stream[16]", "transfer_encoding_on_composite"},
      {"encoded_multipart",
       typed("multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: base64",
             "--b\r\n\r\none\r\n--b--"),
       "multipart/mixed(text/plain[3])", "transfer_encoding_on_composite"},
      {"own_delimiter_in_header",
       "Content-Type: multipart/mixed; boundary=b\r\n--b\r\n\r\none\r\n--b--\r\n",
       "multipart/mixed(text/plain[3])", "missing_blank_line"},
      {"line_of_no_kind_in_header", "Subject: a\r\njunk\r\nContent-Type: text/html\r\n\r\none",
       "text/html[3]", "invalid_header_line"},
      {"folding_lost",
       "Content-Type: multipart/mixed;\r\nboundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
       "multipart/mixed(text/plain[3])", "invalid_header_line"},
      {"content_type_twice", "Content-Type: text/html\r\nContent-Type: image/png\r\n\r\none",
       "text/html[3]", "repeated_header_field"},
      {"broken_content_type_first", "Content-Type: html\r\nContent-Type: text/html\r\n\r\none",
       "text/html[3]", "invalid_content_type"},
      {"eight_bit_header", "Subject: \xe4\r\n\r\none", "text/plain[3]", "eight_bit_header"},
      {"long_line", "\r\n" + std::string(999, 'x') + "\r\n", "text/plain[1001]", "line_too_long"},
      {"longest_line", "\r\n" + std::string(998, 'x') + "\r\n", "text/plain[1000]", ""},
  };
  return all;
}

INSTANTIATE_TEST_SUITE_P(Table, OddMessage, testing::ValuesIn(cases()),
                         [](const auto& instance) { return instance.param.name; });

TEST(MessageParser, ReadsEveryWayToWriteABoundary) {
  for (const std::string_view parameters :
       {"; boundary=x", ";; boundary=\"x\"", "; boundary=\"x", "; charset; boundary=x",
        " boundary=x", "; boundary*=us-ascii''x", "; boundary*0=x", "; boundary*0*=''%78",
        "; BOUNDARY = \"x\" ;", ";\r\n\tboundary=x", "; boundary=x (comment)", "; boundary=\"x \"",
        "; boundary=\"\\x\"", "; a=\"b;c=d\"; boundary=x", ", boundary=x", "; =; boundary=x",
        "; \"junk\"; boundary=x", "; boundary=x; boundary=y", "; boundary=\"\"; boundary=x"}) {
    const std::string message =
        typed("multipart/mixed" + std::string(parameters), "--x\r\n\r\none\r\n--x--\r\n");
    EXPECT_EQ(outline(parse_message(message)), "multipart/mixed(text/plain[3])") << parameters;
  }
}

TEST(MessageParser, GivesOffsetsOfHeadersAndBodies) {
  const std::string message =
      typed("multipart/mixed; boundary=b", "--b\r\nA: b\r\n\r\none\r\n\r\n--b--\r\n");
  const Structure structure = parse_message(message);
  const Part& part = structure.parts.at(1);
  EXPECT_EQ(message.substr(part.header_begin, part.body_begin - part.header_begin), "A: b\r\n\r\n");
  EXPECT_EQ(message.substr(part.body_begin, part.body_end - part.body_begin), "one\r\n");
  EXPECT_EQ(part.body_lines, 1U);
}

TEST(MessageParser, TellsWhereADefectIs) {
  const std::string message = typed("text/plain", "one\r\ntw\ro\r\n");
  const Structure structure = parse_message(message);
  ASSERT_EQ(defect_names(structure), "bare_cr");
  EXPECT_EQ(structure.defects[0].offset, message.find("tw\r") + 2);
  EXPECT_EQ(structure.defects[0].part, 0U);
}

TEST(MessageParser, FillsTheValuesOfAPart) {
  const Structure structure = parse_message(
      "Content-Type: Text/HTML; charset=utf-8\r\nContent-ID: <a>\r\n <b>\r\nContent-Description: "
      "a\r\n"
      "  b\r\nContent-MD5: c d\r\nContent-Transfer-Encoding: Base64 (yes)\r\n"
      "Content-Disposition: attachment; filename=\"a;b\"\r\nContent-Language: en, de\r\n"
      "Content-Location:\r\n http://example.org/\r\n\r\n");
  const Part& part = structure.root();
  EXPECT_EQ(part.type, "Text");
  EXPECT_EQ(part.subtype, "HTML");
  ASSERT_EQ(part.parameters.size(), 1U);
  EXPECT_EQ(part.parameters[0].name, "charset");
  EXPECT_EQ(part.parameters[0].value, "utf-8");
  EXPECT_EQ(part.id, "<a> <b>");
  EXPECT_EQ(part.description, "a  b");
  EXPECT_EQ(part.md5, "c d");
  EXPECT_EQ(part.encoding, "Base64");
  EXPECT_EQ(part.disposition->type, "attachment");
  EXPECT_EQ(part.disposition->parameters.at(0).value, "a;b");
  EXPECT_THAT(part.languages, testing::ElementsAre("en", "de"));
  EXPECT_EQ(part.location, "http://example.org/");
}

TEST(MessageParser, GivesEnvelopesToRootsOfMessagesOnly) {
  const Structure structure =
      parse_message(typed("multipart/mixed; boundary=b",
                          "--b\r\nSubject: no\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n"
                          "Subject: no\r\n\r\nSubject: yes\r\n\r\n--b--\r\n"));
  ASSERT_EQ(structure.parts.size(), 4U);
  EXPECT_TRUE(structure.parts[0].envelope.has_value());
  EXPECT_FALSE(structure.parts[1].envelope.has_value());
  EXPECT_FALSE(structure.parts[2].envelope.has_value());
  EXPECT_EQ(structure.parts[3].envelope.value().subject, "yes");
}

std::string nested(std::size_t levels) {
  std::string message;
  for (std::size_t i = 0; i < levels; ++i) {
    const std::string boundary = "b" + std::to_string(i) + ".";
    message += "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary +
               "\r\n";
  }
  return message + "\r\nx";
}

TEST(MessageParserLimits, TheDeepestPartIsOpaque) {
  ParserLimits limits;
  limits.depth = 3;
  const std::string message = nested(5);
  const Structure structure = parse_message(message, limits);
  ASSERT_EQ(structure.parts.size(), 3U);
  EXPECT_EQ(structure.parts[1].kind, PartKind::multipart);
  EXPECT_EQ(structure.parts[2].kind, PartKind::leaf);
  EXPECT_EQ(structure.parts[2].type, "application");
  EXPECT_THAT(defect_names(structure), HasSubstr("depth_limit"));
  EXPECT_THAT(violations(structure, message), IsEmpty());
}

TEST(MessageParserLimits, MessagesInMessagesCountAsDepth) {
  const std::string message = repeat("Content-Type: message/rfc822\r\n\r\n", 100'000) + "\r\nx";
  const Structure structure = parse_message(message);
  EXPECT_EQ(structure.parts.size(), ParserLimits().depth);
  EXPECT_EQ(structure.parts.back().subtype, "octet-stream");
  EXPECT_THAT(violations(structure, message), IsEmpty());
}

TEST(MessageParserLimits, AHundredThousandLevelsAreRead) {
  const std::string message = nested(100'000);
  const Structure structure = parse_message(message);
  EXPECT_EQ(structure.parts.size(), ParserLimits().depth);
  EXPECT_THAT(violations(structure, message), IsEmpty());
}

TEST(MessageParserLimits, TheLastPartHasTheRestOfTheMessage) {
  ParserLimits limits;
  limits.parts = 4;
  const std::string message =
      typed("multipart/mixed; boundary=b",
            repeat("--b\r\nContent-Type: text/html\r\n\r\nx\r\n", 10) + "--b--\r\n");
  const Structure structure = parse_message(message, limits);
  EXPECT_THAT(outline(structure), testing::StartsWith("multipart/mixed(text/html[1] text/html[1] "
                                                      "application/octet-stream["));
  EXPECT_EQ(structure.parts.back().body_end, message.size());
  EXPECT_EQ(structure.parts.back().encoding, "binary");
  EXPECT_EQ(defect_names(structure), "part_limit");
  EXPECT_THAT(violations(structure, message), IsEmpty());
}

TEST(MessageParserLimits, AMessageInThePlaceOfTheLastPartIsOpaque) {
  for (std::uint32_t parts = 1; parts < 8; ++parts) {
    ParserLimits limits;
    limits.parts = parts;
    const std::string message =
        typed("multipart/digest; boundary=b",
              repeat("--b\r\n\r\nSubject: a\r\n\r\nx\r\n", 10) + "--b--\r\n");
    const Structure structure = parse_message(message, limits);
    EXPECT_LE(structure.parts.size(), parts);
    EXPECT_THAT(violations(structure, message), IsEmpty()) << parts;
    EXPECT_THAT(defect_names(structure), HasSubstr("part_limit"));
  }
}

TEST(MessageParserLimits, AHundredThousandPartsAreReadUpToTheLimit) {
  const std::string message =
      typed("multipart/mixed; boundary=b", repeat("--b\r\n\r\nx\r\n", 100'000));
  const Structure structure = parse_message(message);
  EXPECT_EQ(structure.parts.size(), ParserLimits().parts);
  EXPECT_EQ(structure.parts.back().body_end, message.size());
}

TEST(MessageParserLimits, AHeaderIsReadUpToTheLimit) {
  ParserLimits limits;
  limits.header_bytes = 100;
  const std::string message =
      "Subject: a\r\nX: " + std::string(200, 'x') + "\r\nContent-Type: text/html\r\n\r\nbody";
  const Structure structure = parse_message(message, limits);
  EXPECT_EQ(outline(structure), "text/plain[4]");
  EXPECT_EQ(structure.root().envelope->subject, "a");
  EXPECT_EQ(defect_names(structure), "header_limit");
}

TEST(MessageParserLimits, AFieldIsReadUpToTheLimit) {
  ParserLimits limits;
  limits.field_bytes = 10;
  const Structure structure = parse_message("Subject: 0123456789abc\r\n\r\n", limits);
  EXPECT_EQ(structure.root().envelope->subject, "012345678");
  EXPECT_EQ(defect_names(structure), "header_limit");
}

TEST(MessageParserLimits, ParametersAreReadUpToTheLimit) {
  ParserLimits limits;
  limits.parameters = 3;
  const Structure structure =
      parse_message("Content-Type: text/plain; a=1; b=2; c=3; d=4\r\n\r\n", limits);
  EXPECT_EQ(structure.root().parameters.size(), 3U);
  EXPECT_EQ(defect_names(structure), "parameter_limit");
}

TEST(MessageParserLimits, AddressesAreReadUpToTheLimit) {
  ParserLimits limits;
  limits.addresses = 3;
  const std::string message = "To: g: " + repeat("a@example.org, ", 10) + ";\r\n\r\n";
  const Structure structure = parse_message(message, limits);
  EXPECT_EQ(structure.root().envelope->to.size(), 4U);  // with the end of the group
  EXPECT_EQ(defect_names(structure), "address_limit");
  EXPECT_THAT(violations(structure, message), IsEmpty());
}

TEST(MessageParserLimits, ValuesOfTheWholeMessageAreCounted) {
  ParserLimits limits;
  limits.values = 5;
  const std::string message =
      "To: a@b, c@d, e@f\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
      repeat("--b\r\nContent-Type: text/plain; a=b; c=d\r\n\r\nx\r\n", 10) + "--b--\r\n";
  const Structure structure = parse_message(message, limits);
  EXPECT_EQ(structure.parts.size(), 11U);
  EXPECT_EQ(structure.parts[1].parameters.size(), 1U);
  EXPECT_EQ(structure.parts[2].parameters.size(), 0U);
  EXPECT_THAT(defect_names(structure), HasSubstr("parameter_limit"));
  EXPECT_THAT(violations(structure, message), IsEmpty());
}

TEST(MessageParserLimits, TextsOfTheWholeMessageAreCounted) {
  ParserLimits limits;
  limits.text_bytes = 100;
  const std::string message = "Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
                              repeat(
                                  "--b\r\nContent-Type: text/html; "
                                  "name=01234567890123456789\r\nContent-ID: <1>\r\n\r\nx\r\n",
                                  10) +
                              "--b--\r\n";
  const Structure structure = parse_message(message, limits);
  EXPECT_EQ(structure.parts.size(), 11U);
  EXPECT_THAT(defect_names(structure), HasSubstr("header_limit"));
  EXPECT_THAT(violations(structure, message), IsEmpty());
}

TEST(MessageParserLimits, DefectsAreKeptUpToTheLimit) {
  ParserLimits limits;
  limits.defects = 5;
  const Structure structure = parse_message(repeat("Content-ID: a\r\n", 100) + "\r\n", limits);
  EXPECT_EQ(structure.defects.size(), 5U);
}

// Input that a quadratic parser would take minutes for; the bound is far from what a linear one
// needs.
TEST(MessageParserLimits, HostileInputTakesLinearTime) {
  std::vector<std::string> hostile{
      std::string(10'000'000, 'x'),
      "Subject: " + std::string(10'000'000, '('),
      "Subject: " + repeat("a\r\n ", 2'000'000),
      "To: " + repeat("\"\\\"", 3'000'000),
      "To: " + repeat("<@a,", 3'000'000),
      "Content-Type: " + repeat("a/b;\"", 2'000'000),
      repeat("--x\r\n", 2'000'000),
      nested(90) + repeat("--b\r\n", 2'000'000),
      nested(90) + "\r\n" + repeat("--b89.", 2'000'000),
      typed("multipart/mixed; boundary=b", "--b" + std::string(10'000'000, ' ')),
      typed("multipart/mixed; boundary=b", repeat("\r\n", 5'000'000)),
  };
  for (const std::string& message : hostile) {
    const std::clock_t begin = std::clock();
    const Structure structure = parse_message(message);
    const std::clock_t taken = std::clock() - begin;
    EXPECT_LT(taken, 5 * CLOCKS_PER_SEC) << message.substr(0, 60);
    EXPECT_EQ(structure.size, message.size());
  }
}

}  // namespace
}  // namespace mailkeep::mime
