#include "protocol/lmtp/wire/line_reader.h"

#include <gtest/gtest.h>

namespace mailkeep::lmtp {
namespace {

template <class Event>
bool next_is(LineReader& reader) {
  return std::holds_alternative<Event>(reader.next());
}

std::string next_line(LineReader& reader) {
  const LineEvent event = reader.next();
  const Line* line = std::get_if<Line>(&event);
  return line == nullptr ? "(none)" : std::string(line->text);
}

TEST(LmtpLineReader, GivesLinesAndLeavesTheRestForMessages) {
  LineReader reader;
  reader.input() += "DATA\r\n\r\nmessage";
  EXPECT_EQ(next_line(reader), "DATA");
  EXPECT_EQ(next_line(reader), "");
  EXPECT_EQ(reader.rest(), "message");
  reader.take(4);
  EXPECT_EQ(reader.rest(), "age");
  EXPECT_TRUE(next_is<NeedMore>(reader));
}

TEST(LmtpLineReader, RefusesBareLineEnds) {
  LineReader reader;
  reader.input() += "NOOP\nNO\rOP\r\nNOOP\r\n";
  EXPECT_TRUE(next_is<BareLineEnd>(reader));
  EXPECT_TRUE(next_is<BareLineEnd>(reader));
  EXPECT_EQ(next_line(reader), "NOOP");
}

TEST(LmtpLineReader, RefusesLinesThatAreTooLong) {
  LineReader reader;
  reader.input() += std::string(kMaxLineBytes, 'x') + "\r\n";
  EXPECT_EQ(next_line(reader).size(), kMaxLineBytes);
  reader.input() += std::string(kMaxLineBytes + 1, 'x') + "\r\nNOOP\r\n";
  EXPECT_TRUE(next_is<LineTooLong>(reader));
  EXPECT_EQ(next_line(reader), "NOOP");
}

TEST(LmtpLineReader, GivesUpOnALineWithoutEnd) {
  LineReader reader;
  reader.input() += std::string(kMaxSkippedBytes, 'x');
  EXPECT_TRUE(next_is<NeedMore>(reader));
  reader.input() += "x";
  EXPECT_TRUE(next_is<EndlessLine>(reader));
}

}  // namespace
}  // namespace mailkeep::lmtp
