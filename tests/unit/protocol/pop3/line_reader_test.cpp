#include "protocol/pop3/wire/line_reader.h"

#include <gtest/gtest.h>

namespace mailkeep::pop3 {
namespace {

std::string line_of(const LineEvent& event) {
  const Line* line = std::get_if<Line>(&event);
  return line ? std::string(line->text) : "(no line)";
}

TEST(LineReader, GivesLinesInOrder) {
  LineReader reader;
  reader.input() = "NOOP\r\nSTAT\r\nQU";
  EXPECT_EQ(line_of(reader.next()), "NOOP");
  EXPECT_EQ(line_of(reader.next()), "STAT");
  EXPECT_TRUE(std::holds_alternative<NeedMore>(reader.next()));
  reader.input() += "IT\r\n";
  EXPECT_EQ(line_of(reader.next()), "QUIT");
  EXPECT_FALSE(reader.has_input());
}

TEST(LineReader, TakesLfAloneAndKeepsOtherOctets) {
  LineReader reader;
  reader.input() = std::string("A\nB\rC\r\r\n\n", 9);
  EXPECT_EQ(line_of(reader.next()), "A");
  EXPECT_EQ(line_of(reader.next()), "B\rC\r");
  EXPECT_EQ(line_of(reader.next()), "");
}

TEST(LineReader, GivesTheSameWhereverTheInputIsCut) {
  const std::string input = "USER ann\r\nPASS x\r\n\r\n" + std::string(1100, 'x') + "\r\nQUIT\r\n";
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    LineReader reader;
    std::string seen;
    const auto read_all = [&] {
      for (;;) {
        const LineEvent event = reader.next();
        if (std::holds_alternative<NeedMore>(event)) return;
        seen += std::holds_alternative<LineTooLong>(event) ? "too long" : line_of(event);
        seen += '|';
      }
    };
    reader.input() = input.substr(0, cut);
    read_all();
    reader.input() += input.substr(cut);
    read_all();
    EXPECT_EQ(seen, "USER ann|PASS x||too long|QUIT|") << cut;
  }
}

TEST(LineReader, HoldsToItsLimits) {
  LineReader reader;
  reader.input() = std::string(kMaxLineBytes, 'x') + "\r\n";
  EXPECT_EQ(line_of(reader.next()).size(), kMaxLineBytes);
  reader.input() = std::string(kMaxLineBytes + 1, 'x') + "\r\nNOOP\r\n";
  EXPECT_TRUE(std::holds_alternative<LineTooLong>(reader.next()));
  EXPECT_EQ(line_of(reader.next()), "NOOP");
  reader.input() = std::string(2000, 'x') + "\r\n";
  EXPECT_EQ(line_of(reader.next(2000)).size(), 2000U);
}

TEST(LineReader, DoesNotKeepALineThatIsTooLong) {
  LineReader reader;
  LineEvent event = NeedMore{};
  std::size_t fed = 0;
  while (std::holds_alternative<NeedMore>(event)) {
    ASSERT_LT(fed, 2 * kMaxSkippedBytes);
    reader.input() += std::string(4096, 'x');
    fed += 4096;
    event = reader.next();
    EXPECT_LE(reader.input().size(), 8192U);
  }
  EXPECT_TRUE(std::holds_alternative<EndlessLine>(event));
}

TEST(LineReader, PeekTakesNothing) {
  LineReader reader;
  reader.input() = "RETR 1\r\nRETR";
  EXPECT_EQ(reader.peek(), "RETR 1");
  EXPECT_EQ(line_of(reader.next()), "RETR 1");
  EXPECT_EQ(reader.peek(), std::nullopt);
  reader.input() = std::string(kMaxLineBytes + 1, 'x') + "\r\n";
  EXPECT_EQ(reader.peek(), std::nullopt);
}

TEST(LineReader, ResetForgetsWhatCameBefore) {
  LineReader reader;
  reader.input() = "STLS\r\nUSER eve\r\nPA";
  reader.next();
  reader.reset();
  EXPECT_FALSE(reader.has_input());
  EXPECT_TRUE(std::holds_alternative<NeedMore>(reader.next()));
}

}  // namespace
}  // namespace mailkeep::pop3
