#include "protocol/lmtp/wire/data_decoder.h"

#include <gtest/gtest.h>

namespace mailkeep::lmtp {
namespace {

struct Decoded {
  std::string message;
  std::size_t used = 0;
  bool done = false;
};

Decoded decode(std::string_view input, std::size_t piece) {
  DataDecoder decoder;
  Decoded result;
  while (result.used < input.size() && !decoder.done()) {
    result.used += decoder.feed(input.substr(result.used, piece), result.message);
  }
  result.done = decoder.done();
  return result;
}

struct Case {
  std::string_view input;
  std::string_view message;
  bool done;
};

const Case kCases[] = {
    {".\r\n", "", true},
    {"a\r\n.\r\n", "a\r\n", true},
    {"a\r\n..\r\n.\r\n", "a\r\n.\r\n", true},
    {"..a\r\n.b\r\n.\r\n", ".a\r\nb\r\n", true},
    {"a\r\n.\r\nb", "a\r\n", true},
    {"a\n.\nb\r\n.\r\n", "a\n.\nb\r\n", true},         // bare LF ends nothing
    {"a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n", true},     // nor before the dot only
    {"a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n", true},      // nor behind it only
    {"a\r.\rb\r\n.\r\n", "a\r.\rb\r\n", true},         // bare CR ends nothing
    {"a\r\n.\r\rb\r\n.\r\n", "a\r\n\r\rb\r\n", true},  // CR CR is no line end
    {"a\r\r\n.\r\n", "a\r\r\n", true},
    {std::string_view("a\0b\r\n.\r\n", 8), std::string_view("a\0b\r\n", 5), true},
    {"a\r\n.", "a\r\n", false},
    {"a\r\n.\r", "a\r\n", false},
    {"a", "a", false},
};

TEST(DataDecoder, EndsAtCrlfDotCrlfOnlyHoweverItIsCut) {
  for (const Case& each : kCases) {
    for (const std::size_t piece : {1U, 2U, 3U, 100U}) {
      const Decoded decoded = decode(each.input, piece);
      EXPECT_EQ(decoded.message, each.message) << each.input << " in pieces of " << piece;
      EXPECT_EQ(decoded.done, each.done) << each.input;
    }
  }
}

TEST(DataDecoder, LeavesWhatComesBehindTheEnd) {
  EXPECT_EQ(decode("a\r\n.\r\nQUIT\r\n", 100).used, 6U);
}

TEST(DataDecoder, TakesALineOfAMillionOctets) {
  const std::string line(1'000'000, 'x');
  EXPECT_EQ(decode(line + "\r\n.\r\n", 4096).message, line + "\r\n");
}

}  // namespace
}  // namespace mailkeep::lmtp
