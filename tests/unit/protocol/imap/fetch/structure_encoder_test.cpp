// Expected texts are what Dovecot 2.3 gives for the same messages, unless said otherwise.
#include "protocol/imap/fetch/structure_encoder.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "mime/message_parser.h"

namespace mailkeep::imap {
namespace {

using namespace std::string_literals;

std::string body_of(const mime::Structure& structure, bool extended) {
  std::string out;
  Encoder encoder(out);
  write_body_structure(encoder, structure, extended);
  return out;
}

std::string body(std::string_view message) {
  return body_of(mime::parse_message(message), false);
}

std::string body_structure(std::string_view message) {
  return body_of(mime::parse_message(message), true);
}

std::string envelope_of(const mime::Envelope& envelope) {
  std::string out;
  Encoder encoder(out);
  write_envelope(encoder, envelope);
  return out;
}

std::string envelope(std::string_view message) {
  const mime::Structure structure = mime::parse_message(message);
  return envelope_of(*structure.root().envelope);
}

TEST(StructureEncoder, writes_text) {
  constexpr std::string_view kMessage = "From: a@b\r\nSubject: x\r\n\r\nhi\r\n";
  EXPECT_EQ(body(kMessage), R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1))");
  EXPECT_EQ(body_structure(kMessage),
            R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4 1 NIL NIL NIL NIL))");
}

TEST(StructureEncoder, adds_the_charset_behind_other_parameters_of_text) {
  EXPECT_EQ(body("Content-Type: TEXT/HTML; format=flowed\r\n\r\nhi\r\n"),
            R"(("TEXT" "HTML" ("format" "flowed" "charset" "us-ascii") NIL NIL "7bit" 4 1))");
  EXPECT_EQ(body("Content-Type: text/plain; CHARSET=utf-8\r\n\r\nhi\r\n"),
            R"(("text" "plain" ("CHARSET" "utf-8") NIL NIL "7bit" 4 1))");
}

TEST(StructureEncoder, writes_extension_data_in_its_order) {
  EXPECT_EQ(body_structure("Content-Type: application/pdf\r\nContent-Language: en, de\r\n"
                           "Content-Location: http://x\r\nContent-MD5: abc\r\nContent-ID: <i@d>\r\n"
                           "Content-Description: words\r\nContent-Transfer-Encoding: base64\r\n"
                           "Content-Disposition: attachment; filename=a.pdf\r\n\r\nhi\r\n"),
            R"(("application" "pdf" NIL "<i@d>" "words" "base64" 4 "abc" )"
            R"(("attachment" ("filename" "a.pdf")) ("en" "de") "http://x"))");
  EXPECT_EQ(body_structure("Content-Type: image/png\r\nContent-Disposition: inline\r\n\r\n"),
            R"(("image" "png" NIL NIL NIL "7bit" 0 NIL ("inline" NIL) NIL NIL))");
}

constexpr std::string_view kNested =
    "Content-Type: multipart/mixed; boundary=q\r\nContent-Language: en\r\n\r\n"
    "--q\r\nContent-type: message/rfc822\r\n\r\nSubject: in\r\n\r\nb\r\n"
    "--q\r\n\r\nt\r\n--q--\r\n";

TEST(StructureEncoder, writes_multiparts_and_messages) {
  EXPECT_EQ(body(kNested),
            R"((("message" "rfc822" NIL NIL NIL "7bit" 16 )"
            R"((NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) )"
            R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0) 2))"
            R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0) "mixed"))");
  EXPECT_EQ(body_structure(kNested),
            R"((("message" "rfc822" NIL NIL NIL "7bit" 16 )"
            R"((NIL "in" NIL NIL NIL NIL NIL NIL NIL NIL) )"
            R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0 NIL NIL NIL NIL) 2 )"
            R"(NIL NIL NIL NIL))"
            R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 1 0 NIL NIL NIL NIL) )"
            R"("mixed" ("boundary" "q") NIL ("en") NIL))");
}

TEST(StructureEncoder, other_messages_are_basic_parts) {
  EXPECT_EQ(body("Content-Type: message/delivery-status\r\n\r\na\r\n"),
            R"(("message" "delivery-status" NIL NIL NIL "7bit" 3))");
}

TEST(StructureEncoder, writes_8_bit_values_as_literals) {
  EXPECT_EQ(body("Content-Type: text/plain; x=\"caf\xc3\xa9\"\r\n\r\n"),
            "(\"text\" \"plain\" (\"x\" {5}\r\ncaf\xc3\xa9 \"charset\" \"us-ascii\") NIL NIL "
            "\"7bit\" 0 0)");
}

// A part whose type promises parts but that has none would not be grammar.
TEST(StructureEncoder, a_composite_without_parts_is_opaque) {
  mime::Structure structure;
  structure.parts.resize(1);
  mime::Part& part = structure.parts[0];
  part.body_end = 7;
  for (const auto& [type, subtype, kind] :
       {std::tuple{"multipart", "mixed", mime::PartKind::multipart},
        std::tuple{"Multipart", "mixed", mime::PartKind::leaf},
        std::tuple{"message", "rfc822", mime::PartKind::message},
        std::tuple{"MESSAGE", "Global", mime::PartKind::leaf}}) {
    part.type = type;
    part.subtype = subtype;
    part.kind = kind;
    EXPECT_EQ(body_of(structure, false), R"(("application" "octet-stream" NIL NIL NIL "7bit" 7))");
  }
}

TEST(StructureEncoder, a_message_without_an_envelope_has_an_empty_one) {
  mime::Structure structure;
  structure.parts.resize(2);
  structure.parts[0].type = "message";
  structure.parts[0].subtype = "rfc822";
  structure.parts[0].kind = mime::PartKind::message;
  structure.parts[1].parent = 0;
  EXPECT_EQ(body_of(structure, false),
            R"(("message" "rfc822" NIL NIL NIL "7bit" 0 )"
            R"((NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) )"
            R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0) 0))");
}

TEST(StructureEncoder, numbers_stay_within_32_bits) {
  mime::Structure structure;
  structure.parts.resize(1);
  structure.parts[0].body_end = 1ULL << 40;
  structure.parts[0].body_lines = 1ULL << 33;
  EXPECT_EQ(body_of(structure, false),
            R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 4294967295 4294967295))");
}

TEST(StructureEncoder, writes_structures_of_any_depth) {
  mime::Structure structure;
  constexpr std::uint32_t kDepth = 200'000;
  structure.parts.resize(kDepth);
  for (std::uint32_t i = 0; i + 1 < kDepth; ++i) {
    structure.parts[i].type = "multipart";
    structure.parts[i].subtype = "mixed";
    structure.parts[i].kind = mime::PartKind::multipart;
    structure.parts[i + 1].parent = i;
  }
  const std::string out = body_of(structure, false);
  EXPECT_TRUE(out.starts_with("((((("));
  EXPECT_TRUE(out.ends_with("\"mixed\") \"mixed\") \"mixed\")"));
  EXPECT_EQ(std::count(out.begin(), out.end(), '('), std::count(out.begin(), out.end(), ')'));
}

TEST(StructureEncoder, writes_the_structure_of_last_resort) {
  const auto why = mime::DefectKind::handling_failed;
  EXPECT_EQ(body_of(mime::opaque_structure(1ULL << 40, 100, why), true),
            R"(("application" "octet-stream" NIL NIL NIL "binary" 4294967295 NIL NIL NIL NIL))");
  EXPECT_EQ(body_of(mime::opaque_structure(103, 100, why), false),
            R"(("application" "octet-stream" NIL NIL NIL "binary" 3))");
}

TEST(Envelope, sender_and_reply_to_default_to_from) {
  EXPECT_EQ(envelope("From: a@b\r\nSubject: x\r\n\r\n"),
            R"((NIL "x" ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) )"
            R"(NIL NIL NIL NIL NIL))");
  EXPECT_EQ(envelope("From: a@b\r\nSender: c@d\r\nReply-To: e@f\r\n\r\n"),
            R"((NIL NIL ((NIL NIL "a" "b")) ((NIL NIL "c" "d")) ((NIL NIL "e" "f")) )"
            R"(NIL NIL NIL NIL NIL))");
}

TEST(Envelope, writes_all_fields_in_their_order) {
  EXPECT_EQ(envelope("Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nFrom: a@b\r\nTo: To <c@d>, e@f\r\n"
                     "Cc: g@h\r\nBcc: i@j\r\nIn-Reply-To: <k@l>\r\nMessage-ID: <m@n>\r\n\r\n"),
            R"(("Mon, 1 Jan 2024 00:00:00 +0000" NIL ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) )"
            R"(((NIL NIL "a" "b")) (("To" NIL "c" "d")(NIL NIL "e" "f")) ((NIL NIL "g" "h")) )"
            R"(((NIL NIL "i" "j")) "<k@l>" "<m@n>"))");
}

TEST(Envelope, writes_groups) {
  EXPECT_EQ(envelope("To: grp: x@y, z;\r\n\r\n"),
            R"((NIL NIL NIL NIL NIL ((NIL NIL "grp" NIL)(NIL NIL "x" "y"))"
            R"((NIL NIL "z" "MISSING_DOMAIN")(NIL NIL NIL NIL)) NIL NIL NIL NIL))");
}

// Dovecot writes a literal here; a quoted string says the same.
TEST(Envelope, escapes_quoted_strings) {
  EXPECT_EQ(envelope("Subject: a \"b\" \\c\r\n\r\n"),
            R"((NIL "a \"b\" \\c" NIL NIL NIL NIL NIL NIL NIL NIL))");
}

TEST(Envelope, of_nothing_is_all_nil) {
  EXPECT_EQ(envelope_of({}), "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
}

}  // namespace
}  // namespace mailkeep::imap
