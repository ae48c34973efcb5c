#include "mime/envelope.h"

#include <gtest/gtest.h>

#include "mime/message_parser.h"

namespace mailkeep::mime {
namespace {

Structure structure_of(std::string_view header) {
  return parse_message(std::string(header) + "\r\n");
}

TEST(Envelope, HasTheFieldsOfTheHeader) {
  const Structure structure = structure_of(
      "date: Mon, 1 Jan 2024 00:00:00 +0000\r\nSUBJECT: s\r\nFrom: a@b\r\nSender: c@d\r\nReply-To: "
      "e@f\r\n"
      "To: g@h\r\nCc: i@j\r\nBcc: k@l\r\nIn-Reply-To: <1@x>\r\nMessage-ID: <2@x>\r\n");
  const Envelope& envelope = *structure.root().envelope;
  EXPECT_EQ(envelope.date, "Mon, 1 Jan 2024 00:00:00 +0000");
  EXPECT_EQ(envelope.subject, "s");
  EXPECT_EQ(envelope.from.at(0).mailbox, "a");
  EXPECT_EQ(envelope.sender.at(0).mailbox, "c");
  EXPECT_EQ(envelope.reply_to.at(0).mailbox, "e");
  EXPECT_EQ(envelope.to.at(0).mailbox, "g");
  EXPECT_EQ(envelope.cc.at(0).mailbox, "i");
  EXPECT_EQ(envelope.bcc.at(0).mailbox, "k");
  EXPECT_EQ(envelope.in_reply_to, "<1@x>");
  EXPECT_EQ(envelope.message_id, "<2@x>");
}

TEST(Envelope, TellsAbsentFromEmpty) {
  const Structure structure = structure_of("Subject:\r\nTo:\r\nCc: ,\r\n");
  const Envelope& envelope = *structure.root().envelope;
  EXPECT_EQ(envelope.subject, "");
  EXPECT_EQ(envelope.date, std::nullopt);
  EXPECT_TRUE(envelope.to.empty());
  EXPECT_TRUE(envelope.cc.empty());
}

TEST(Envelope, UnfoldsTexts) {
  const Structure structure =
      structure_of("Subject: a\r\n  b\r\n\tc\r\nIn-Reply-To: <a@b>\r\n\t<c@d>\r\nDate:\r\n x \r\n");
  const Envelope& envelope = *structure.root().envelope;
  EXPECT_EQ(envelope.subject, "a b c");
  EXPECT_EQ(envelope.in_reply_to, "<a@b>\t<c@d>");
  EXPECT_EQ(envelope.date, "x ");
}

TEST(Envelope, HasNoLineEndsAndNulsInTexts) {
  using namespace std::string_literals;
  const Structure structure = structure_of("Subject: a\0b\rc\r\nMessage-ID: <a\0@b>\r\n"s);
  EXPECT_EQ(structure.root().envelope->subject, "a b c");
  EXPECT_EQ(structure.root().envelope->message_id, "<a @b>");
}

TEST(Envelope, TakesTheFirstOfRepeatedTexts) {
  const Structure structure =
      structure_of("Subject: a\r\nSubject: b\r\nMessage-ID: <1>\r\nMessage-ID: <2>\r\n");
  EXPECT_EQ(structure.root().envelope->subject, "a");
  EXPECT_EQ(structure.root().envelope->message_id, "<1>");
  EXPECT_EQ(structure.defects.size(), 2U);
}

TEST(Envelope, JoinsRepeatedAddressFields) {
  const Structure structure = structure_of("From: a@b\r\nTo: g: a@b\r\nFrom: c@d\r\nTo: e@f\r\n");
  EXPECT_EQ(structure.root().envelope->from.size(), 2U);
  EXPECT_EQ(structure.root().envelope->to.size(), 4U);
}

TEST(Envelope, KnowsItsFields) {
  EXPECT_EQ(envelope_field("Reply-To"), EnvelopeField::reply_to);
  EXPECT_EQ(envelope_field("MESSAGE-id"), EnvelopeField::message_id);
  EXPECT_EQ(envelope_field("References"), EnvelopeField::none);
  EXPECT_EQ(envelope_field(""), EnvelopeField::none);
}

}  // namespace
}  // namespace mailkeep::mime
