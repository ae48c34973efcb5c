// Every message of a corpus that is not part of this tree, where there is one: set MAILKEEP_CORPUS
// to a folder of message files.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mime/header_reader.h"
#include "mime/message_parser.h"
#include "structure_check.h"

namespace mailkeep::mime {
namespace {

using testing::IsEmpty;

std::vector<std::filesystem::path> message_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".eml")
      files.push_back(entry.path());
  }
  return files;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string parse_in_blocks(std::string_view message, std::size_t block_bytes) {
  MessageParser parser;
  for (std::size_t at = 0; at < message.size(); at += block_bytes) {
    parser.feed(message.substr(at, block_bytes));
  }
  return serialize(parser.finish());
}

void check_message(std::string_view message) {
  const Structure structure = parse_message(message);
  EXPECT_THAT(violations(structure, message), IsEmpty());
  const std::string bytes = serialize(structure);
  const auto again = deserialize(bytes);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(serialize(*again), bytes);
  for (const std::size_t block : {1, 7, 64, 1000})
    EXPECT_EQ(parse_in_blocks(message, block), bytes);

  const Part& root = structure.root();
  const std::string_view header = message.substr(0, root.body_begin);
  HeaderReader reader(header);
  std::string joined;
  while (const auto field = reader.next()) joined += field->raw;
  joined += reader.rest();
  EXPECT_EQ(joined, header);
}

void check_folder(const std::filesystem::path& folder) {
  for (const auto& file : message_files(folder)) {
    SCOPED_TRACE(file.string());
    const std::string message = content_of(file);
    check_message(message);
    std::string with_crlf;
    for (std::size_t i = 0; i < message.size(); ++i) {
      if (message[i] == '\n' && (i == 0 || message[i - 1] != '\r')) with_crlf += '\r';
      with_crlf += message[i];
    }
    if (with_crlf != message) check_message(with_crlf);
  }
}

TEST(Corpus, OfOurOwnKeepsTheRules) {
  check_folder(MAILKEEP_TEST_DATA "/messages");
}

TEST(Corpus, OfOthersKeepsTheRules) {
  const char* folder = std::getenv("MAILKEEP_CORPUS");
  if (folder == nullptr || !std::filesystem::is_directory(folder)) {
    GTEST_SKIP() << "MAILKEEP_CORPUS names no folder of messages";
  }
  check_folder(folder);
}

}  // namespace
}  // namespace mailkeep::mime
