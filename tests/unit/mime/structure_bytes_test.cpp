#include <random>
#include <string>

#include <gtest/gtest.h>

#include "mime/message_parser.h"
#include "mime/structure.h"

namespace mailkeep::mime {
namespace {

constexpr std::string_view kMessage =
    "From: A <a@example.org>\r\nTo: friends: b@example.org, c@example.org;\r\nSubject: s\r\n"
    "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; "
    "charset=utf-8\r\n"
    "Content-Language: en, de\r\nContent-Location: http://example.org/\r\nContent-MD5: "
    "abc\r\n\r\nx\r\n"
    "--b\r\nContent-Type: message/rfc822\r\nContent-ID: <2@example.org>\r\n"
    "Content-Description: d\r\nContent-Disposition: attachment; filename=x\r\n\r\n"
    "Subject: inner\r\n\r\ninner\r\n--b--\r\n";

TEST(StructureBytes, GiveBackWhatWasWritten) {
  const Structure structure = parse_message(kMessage);
  const auto again = deserialize(serialize(structure));
  ASSERT_TRUE(again.has_value());
  ASSERT_EQ(again->parts.size(), 4U);
  EXPECT_EQ(again->size, kMessage.size());
  EXPECT_EQ(again->root().envelope->subject, "s");
  EXPECT_EQ(again->root().envelope->to.size(), 4U);
  EXPECT_EQ(again->parts[1].languages.at(1), "de");
  EXPECT_EQ(again->parts[1].location, "http://example.org/");
  EXPECT_EQ(again->parts[2].disposition->parameters.at(0).value, "x");
  EXPECT_EQ(again->parts[3].envelope->subject, "inner");
  EXPECT_EQ(serialize(*again), serialize(structure));
}

TEST(StructureBytes, DoNotDependOnTheBytesTheyWereReadFrom) {
  std::string bytes = serialize(parse_message(kMessage));
  const auto again = deserialize(bytes);
  bytes.assign(bytes.size(), 'x');
  EXPECT_EQ(again.value().root().envelope->subject, "s");
}

TEST(StructureBytes, SurviveAMoveOfTheStructure) {
  auto again = deserialize(serialize(parse_message(kMessage)));
  const Structure moved = std::move(*again);
  EXPECT_EQ(moved.root().envelope->message_id, "<1@example.org>");
}

TEST(StructureBytes, KeepDefects) {
  const Structure structure = parse_message("Subject: a\n\nb\n");
  ASSERT_FALSE(structure.defects.empty());
  const auto again = deserialize(serialize(structure));
  ASSERT_EQ(again.value().defects.size(), structure.defects.size());
  EXPECT_EQ(again->defects[0].kind, structure.defects[0].kind);
  EXPECT_EQ(again->defects[0].offset, structure.defects[0].offset);
}

TEST(StructureBytes, CutAnywhereAreDamaged) {
  const std::string bytes = serialize(parse_message(kMessage));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(deserialize(std::string_view(bytes).substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(deserialize(bytes + '\0').has_value());
}

TEST(StructureBytes, ChangedAnywhereAreDamagedOrAnotherStructure) {
  const std::string bytes = serialize(parse_message(kMessage));
  std::mt19937 random(7);
  for (int round = 0; round < 50'000; ++round) {
    std::string changed = bytes;
    for (std::size_t i = 0; i <= random() % 3; ++i) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    const auto structure = deserialize(changed);
    if (!structure) continue;
    for (const Part& part : structure->parts) ASSERT_LE(part.body_end, structure->size);
    ASSERT_TRUE(deserialize(serialize(*structure)).has_value());
  }
}

}  // namespace
}  // namespace mailkeep::mime
