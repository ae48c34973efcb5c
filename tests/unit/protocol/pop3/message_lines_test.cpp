#include "protocol/pop3/wire/message_lines.h"

#include <random>

#include <gtest/gtest.h>

namespace mailkeep::pop3 {
namespace {

// Encodes a message in pieces that end at the given places.
std::string encoded(std::string_view message, const std::vector<std::size_t>& cuts = {},
                    bool crlf_for_lf = false) {
  LineEncoder lines(crlf_for_lf);
  std::string out;
  std::size_t begin = 0;
  const auto piece = [&](std::size_t end) {
    const std::size_t start = out.size();
    out.append(message.substr(begin, end - begin));
    lines.encode(out, start);
    begin = end;
  };
  for (const std::size_t cut : cuts) piece(cut);
  piece(message.size());
  lines.finish(out);
  return out;
}

// What a client that follows RFC 1939 3 to the letter makes of a reply.
std::string decoded(std::string_view reply) {
  std::string message;
  while (true) {
    const std::size_t end = reply.find("\r\n");
    if (end == std::string_view::npos) return message + "(no end)";
    std::string_view line = reply.substr(0, end);
    reply.remove_prefix(end + 2);
    if (line == ".") return message + std::string(reply);
    if (line.starts_with('.')) line.remove_prefix(1);
    message.append(line).append("\r\n");
  }
}

bool lone_dot(std::string_view message, std::size_t cut = 0) {
  LoneDotFinder finder;
  finder.feed(message.substr(0, cut));
  finder.feed(message.substr(cut));
  return finder.found();
}

TEST(LineEncoder, DoublesDotsAtTheStartOfLines) {
  EXPECT_EQ(encoded("a\r\n.b\r\n..c\r\n"), "a\r\n..b\r\n...c\r\n.\r\n");
  EXPECT_EQ(encoded(".\r\n"), "..\r\n.\r\n");
  EXPECT_EQ(encoded("a.b\r\n"), "a.b\r\n.\r\n");
}

TEST(LineEncoder, EndsTheLastLine) {
  EXPECT_EQ(encoded("a"), "a\r\n.\r\n");
  EXPECT_EQ(encoded("a\n"), "a\n\r\n.\r\n");
  EXPECT_EQ(encoded("a\r"), "a\r\r\n.\r\n");
  EXPECT_EQ(encoded("\r\n"), "\r\n.\r\n");
  EXPECT_EQ(encoded(""), ".\r\n");
}

TEST(LineEncoder, LeavesBareLineEndsAndNulAlone) {
  EXPECT_EQ(encoded("a\n.b\rc\r\n"), "a\n.b\rc\r\n.\r\n");
  EXPECT_EQ(encoded(std::string_view("a\0\r\n", 4)), std::string("a\0\r\n.\r\n", 7));
  EXPECT_EQ(encoded("\r.\r\n"), "\r.\r\n.\r\n");
}

TEST(LineEncoder, CanMakeLineEndsOfBareLf) {
  EXPECT_EQ(encoded("a\n.\nb\r\n\n", {}, true), "a\r\n..\r\nb\r\n\r\n.\r\n");
  EXPECT_EQ(encoded("a\r\nb", {}, true), "a\r\nb\r\n.\r\n");
}

TEST(LineEncoder, GivesTheSameWhereverTheMessageIsCut) {
  const std::string message = ".a\r\n..\r\n\r\n.\r\n\r.\r\n\n.\n.\r\r\n.x\r\n.";
  for (const bool crlf_for_lf : {false, true}) {
    const std::string whole = encoded(message, {}, crlf_for_lf);
    for (std::size_t first = 0; first <= message.size(); ++first) {
      for (std::size_t second = first; second <= message.size(); ++second) {
        EXPECT_EQ(encoded(message, {first, second}, crlf_for_lf), whole) << first << ' ' << second;
      }
    }
  }
}

TEST(LineEncoder, AClientGetsTheMessageBack) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string message;
    const std::size_t length = random() % 40;
    for (std::size_t i = 0; i < length; ++i) message += std::string_view("\r\n.a")[random() % 4];
    const std::string expected =
        message.empty() || message.ends_with("\r\n") ? message : message + "\r\n";
    EXPECT_EQ(decoded(encoded(message, {length / 3, length / 2})), expected);
  }
}

TEST(LoneDotFinder, FindsADotBetweenBareLineEnds) {
  EXPECT_TRUE(lone_dot("a\n.\nb"));
  EXPECT_TRUE(lone_dot("a\n.\r\nb"));
  EXPECT_TRUE(lone_dot("a\n\n.\n"));
  EXPECT_TRUE(lone_dot("a\n."));
  EXPECT_TRUE(lone_dot("a\n.\r"));
}

TEST(LoneDotFinder, LeavesHarmlessDots) {
  EXPECT_FALSE(lone_dot(""));
  EXPECT_FALSE(lone_dot("a\r\n.\r\nb\r\n"));
  EXPECT_FALSE(lone_dot("a\n..\nb"));
  EXPECT_FALSE(lone_dot("a\n.b\n"));
  EXPECT_FALSE(lone_dot(".\n"));
  EXPECT_FALSE(lone_dot("a\n.\rb\n"));
  EXPECT_FALSE(lone_dot("a\r.\r\n"));
}

TEST(LoneDotFinder, FindsItWhereverTheMessageIsCut) {
  const std::string with = "x\r\ny\n.\r\nz";
  const std::string without = "x\r\n.\r\ny\n.z\n..\n";
  for (std::size_t cut = 0; cut <= with.size(); ++cut) EXPECT_TRUE(lone_dot(with, cut)) << cut;
  for (std::size_t cut = 0; cut <= without.size(); ++cut) {
    EXPECT_FALSE(lone_dot(without, cut)) << cut;
  }
}

std::string top(std::string_view message, std::uint64_t lines, std::size_t cut = 0) {
  TopCounter counter(lines);
  const std::size_t first = counter.feed(message.substr(0, cut));
  std::string result(message.substr(0, first));
  if (first == cut) result += message.substr(cut, counter.feed(message.substr(cut)));
  return result;
}

TEST(TopCounter, ShowsTheHeaderAndSomeLines) {
  const std::string header = "A: b\r\nC: d\r\n\r\n";
  const std::string message = header + "1\r\n2\r\n3\r\n";
  EXPECT_EQ(top(message, 0), header);
  EXPECT_EQ(top(message, 1), header + "1\r\n");
  EXPECT_EQ(top(message, 2), header + "1\r\n2\r\n");
  EXPECT_EQ(top(message, 3), message);
  EXPECT_EQ(top(message, 4), message);
}

TEST(TopCounter, TakesOddMessages) {
  EXPECT_EQ(top("", 5), "");
  EXPECT_EQ(top("no header end", 0), "no header end");
  EXPECT_EQ(top("\r\n1\r\n2", 1), "\r\n1\r\n");
  EXPECT_EQ(top("A: b\n\n1\n2\n", 1), "A: b\n\n1\n");
  EXPECT_EQ(top("A: b\n\r\n1\n2\n", 1), "A: b\n\r\n1\n");
}

TEST(TopCounter, CountsTheSameWhereverTheMessageIsCut) {
  const std::string message = "A: b\r\n c\r\n\r\n1\r\n\r\n3\r\n4";
  for (std::uint64_t lines = 0; lines < 6; ++lines) {
    for (std::size_t cut = 0; cut <= message.size(); ++cut) {
      EXPECT_EQ(top(message, lines, cut), top(message, lines)) << lines << ' ' << cut;
    }
  }
}

}  // namespace
}  // namespace mailkeep::pop3
