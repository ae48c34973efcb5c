#include "mime/structure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mime/message_parser.h"
#include "structure_check.h"

namespace mailkeep::mime {
namespace {

using testing::ElementsAre;

// 0 multipart, 1 text (1), 2 message (2), 3 multipart in it, 4 text (2.1), 5 message (2.2), 6 text
// (2.2.1), 7 multipart (3), 8 html (3.1)
Structure sample() {
  return parse_message(
      "Content-Type: multipart/mixed; boundary=a\n\n"
      "--a\n\nx\n"
      "--a\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=b\n\n"
      "--b\n\nx\n"
      "--b\nContent-Type: message/rfc822\n\nSubject: y\n\nx\n"
      "--b--\n"
      "--a\nContent-Type: multipart/mixed; boundary=c\n\n"
      "--c\nContent-Type: text/html\n\nx\n--c--\n"
      "--a--\n");
}

TEST(Structure, IsTheTreeOfTheSample) {
  EXPECT_EQ(outline(sample()),
            "multipart/mixed(text/plain[1] message/rfc822(multipart/mixed(text/plain[1] "
            "message/rfc822(text/plain[1]))) multipart/mixed(text/html[1]))");
}

TEST(Structure, ListsChildren) {
  const Structure structure = sample();
  EXPECT_THAT(children_of(structure, 0), ElementsAre(1, 2, 7));
  EXPECT_THAT(children_of(structure, 2), ElementsAre(3));
  EXPECT_THAT(children_of(structure, 3), ElementsAre(4, 5));
  EXPECT_THAT(children_of(structure, 8), ElementsAre());
}

TEST(Structure, FindsPartsByNumber) {
  const Structure structure = sample();
  EXPECT_EQ(find_part(structure, {}), 0U);
  EXPECT_EQ(find_part(structure, {1}), 1U);
  EXPECT_EQ(find_part(structure, {2}), 2U);
  EXPECT_EQ(find_part(structure, {2, 1}), 4U);
  EXPECT_EQ(find_part(structure, {2, 2}), 5U);
  EXPECT_EQ(find_part(structure, {2, 2, 1}), 6U);
  EXPECT_EQ(find_part(structure, {3, 1}), 8U);
}

TEST(Structure, FindsNothingByOtherNumbers) {
  const Structure structure = sample();
  for (const std::vector<std::uint32_t>& path :
       std::vector<std::vector<std::uint32_t>>{{0},
                                               {4},
                                               {1, 1},
                                               {2, 3},
                                               {2, 0},
                                               {2, 2, 2},
                                               {2, 2, 1, 1},
                                               {3, 2},
                                               {3, 1, 1},
                                               {4'000'000'000}}) {
    EXPECT_EQ(find_part(structure, path), std::nullopt) << testing::PrintToString(path);
  }
}

TEST(Structure, NumbersParts) {
  const Structure structure = sample();
  const std::vector<std::string> numbers{"", "1", "2", "2", "2.1", "2.2", "2.2.1", "3", "3.1"};
  for (std::uint32_t part = 0; part < numbers.size(); ++part) {
    EXPECT_EQ(part_number(structure, part), numbers[part]) << part;
  }
}

TEST(Structure, TheOnlyPartOfAMessageIsNumberOne) {
  const Structure structure = parse_message("\nx");
  EXPECT_EQ(find_part(structure, {1}), 0U);
  EXPECT_EQ(find_part(structure, {2}), std::nullopt);
  EXPECT_EQ(find_part(structure, {1, 1}), std::nullopt);
  EXPECT_EQ(part_number(structure, 0), "1");
}

TEST(Structure, AMessageInAMessageIsNumberOneOfIt) {
  const Structure structure = parse_message(
      "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nSubject: x\n\ny");
  EXPECT_EQ(find_part(structure, {1}), 0U);
  EXPECT_EQ(find_part(structure, {1, 1}), 1U);
  EXPECT_EQ(find_part(structure, {1, 1, 1}), 2U);
  EXPECT_EQ(find_part(structure, {1, 1, 1, 1}), std::nullopt);
  EXPECT_EQ(part_number(structure, 2), "1.1.1");
}

TEST(Defects, HaveOneSentenceEach) {
  std::vector<std::string_view> sentences;
  for (auto kind = 0; kind <= static_cast<int>(DefectKind::address_limit); ++kind) {
    const std::string_view sentence = describe(static_cast<DefectKind>(kind));
    EXPECT_NE(sentence, "unknown defect");
    EXPECT_THAT(sentences, testing::Not(testing::Contains(sentence)));
    sentences.push_back(sentence);
  }
}

}  // namespace
}  // namespace mailkeep::mime
