#include "protocol/imap/wire/command_reader.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailkeep::imap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::string_literals;
using namespace std::string_view_literals;

// Plays the session: writes down what the reader tells, gathers literals, streams those of APPEND
// and refuses those of REFUSE.
class Driver {
 public:
  explicit Driver(const ReaderLimits& limits = {}) : reader(limits) {}

  void feed(std::string_view bytes) {
    reader.input() += bytes;
    run();
  }

  CommandReader reader;
  std::vector<std::string> log;

 private:
  void run() {
    for (;;) {
      if (streaming_ && !take()) return;
      const ReaderEvent event = reader.next();
      if (std::holds_alternative<NeedMore>(event)) return;
      if (const auto* command = std::get_if<CommandText>(&event)) {
        log.push_back("command " + std::string(command->text));
      } else if (const auto* bad = std::get_if<BadInput>(&event)) {
        log.push_back((bad->fatal ? "fatal [" : "bad [") + bad->tag + "] " + bad->text);
      } else {
        answer(std::get<NeedLiteral>(event));
      }
    }
  }

  void answer(const NeedLiteral& literal) {
    log.push_back("literal " + std::string(literal.text) + "= " + std::to_string(literal.octets) +
                  (literal.synchronizing ? " waits" : "") + (literal.literal8 ? " 8" : ""));
    if (literal.text.find("REFUSE") != std::string_view::npos) {
      reader.refuse(literal.octets, literal.synchronizing);
    } else if (literal.text.find("APPEND") != std::string_view::npos) {
      reader.stream(literal.octets);
      streaming_ = true;
      streamed_.clear();
    } else if (!reader.gather()) {
      log.push_back("not gathered");
    }
  }

  bool take() {
    streamed_ += reader.take();
    if (reader.left_to_stream() > 0) return false;
    streaming_ = false;
    log.push_back("streamed " + streamed_);
    return true;
  }

  bool streaming_ = false;
  std::string streamed_;
};

std::vector<std::string> read_whole(std::string_view input, const ReaderLimits& limits) {
  Driver driver(limits);
  driver.feed(input);
  return driver.log;
}

struct Case {
  std::string name;
  std::string input;
  std::vector<std::string> expected;
  ReaderLimits limits;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

constexpr ReaderLimits kSmall{.line_bytes = 32, .gathered_bytes = 64};

const Case kCases[] = {
    {"one_command", "a NOOP\r\n", {"command a NOOP"}, {}},
    {"bare_line_feed_ends_a_line", "a NOOP\nb NOOP\n", {"command a NOOP", "command b NOOP"}, {}},
    {"pipelined_commands", "a NOOP\r\nb CHECK\r\nc", {"command a NOOP", "command b CHECK"}, {}},
    {"empty_line", "\r\n\n", {"command ", "command "}, {}},
    {"eight_bit_octets_pass", "a LOGIN \"\xc3\xa9\" x\r\n", {"command a LOGIN \"\xc3\xa9\" x"}, {}},
    {"literal_is_gathered",
     "a LOGIN {3}\r\nfoo {2}\r\nab\r\n",
     {"literal a LOGIN {3}\r\n= 3 waits", "literal a LOGIN {3}\r\nfoo {2}\r\n= 2 waits",
      "command a LOGIN {3}\r\nfoo {2}\r\nab"},
     {}},
    {"literal_that_does_not_wait",
     "a LOGIN {11+}\r\nFRED FOOBAR {7+}\r\nfat man\r\nb NOOP\r\n",
     {"literal a LOGIN {11+}\r\n= 11", "literal a LOGIN {11+}\r\nFRED FOOBAR {7+}\r\n= 7",
      "command a LOGIN {11+}\r\nFRED FOOBAR {7+}\r\nfat man", "command b NOOP"},
     {}},
    {"empty_literal",
     "a X {0}\r\n\r\nb X {0+}\r\n {0+}\r\n\r\n",
     {"literal a X {0}\r\n= 0 waits", "command a X {0}\r\n", "literal b X {0+}\r\n= 0",
      "literal b X {0+}\r\n {0+}\r\n= 0", "command b X {0+}\r\n {0+}\r\n"},
     {}},
    {"literal_holds_any_octets",
     "a X {6+}\r\n\r\n\0{3}\r\n"s,
     {"literal a X {6+}\r\n= 6", "command a X {6+}\r\n\r\n\0{3}"s},
     {}},
    {"literal8",
     "a X ~{2+}\r\n\0\0\r\n"s,
     {"literal a X ~{2+}\r\n= 2 8", "command a X ~{2+}\r\n\0\0"s},
     {}},
    {"literal_header_before_bare_line_feed",
     "a X {2+}\nhi\n",
     {"literal a X {2+}\r\n= 2", "command a X {2+}\r\nhi"},
     {}},
    {"braces_that_are_no_literal",
     "a X {}\r\nb X {1x}\r\nc X {+}\r\nd X 1}\r\ne X {-1}\r\nf {5} \r\n",
     {"command a X {}", "command b X {1x}", "command c X {+}", "command d X 1}", "command e X {-1}",
      "command f {5} "},
     {}},
    {"streamed_literal",
     "a APPEND x {5}\r\nhello\r\nb NOOP\r\n",
     {"literal a APPEND x {5}\r\n= 5 waits", "streamed hello", "command a APPEND x {5}\r\n",
      "command b NOOP"},
     {}},
    {"command_goes_on_behind_a_streamed_literal",
     "a APPEND x {2+}\r\nhi (\\Seen) {3+}\r\nyou)\r\n",
     {"literal a APPEND x {2+}\r\n= 2", "streamed hi",
      "literal a APPEND x {2+}\r\n (\\Seen) {3+}\r\n= 3", "streamed you",
      "command a APPEND x {2+}\r\n (\\Seen) {3+}\r\n)"},
     {}},
    {"refused_literal_that_waits_is_never_sent",
     "a REFUSE {5}\r\nb NOOP\r\n",
     {"literal a REFUSE {5}\r\n= 5 waits", "command b NOOP"},
     {}},
    {"refused_literal_that_does_not_wait_is_passed_over",
     "a REFUSE {5+}\r\nx\r\n\0z more {4+}\r\nabcd end\r\nb NOOP\r\n"s,
     {"literal a REFUSE {5+}\r\n= 5", "command b NOOP"},
     {}},
    {"passing_over_ends_at_a_literal_that_waits",
     "a REFUSE {1+}\r\nx {9}\r\nb NOOP\r\n",
     {"literal a REFUSE {1+}\r\n= 1", "command b NOOP"},
     {}},
    {"bare_carriage_return",
     "a NO\rOP\r\nb NOOP\r\n",
     {"bad [a] carriage return without line feed in a command", "command b NOOP"},
     {}},
    {"two_carriage_returns",
     "a NOOP\r\r\nb NOOP\r\n",
     {"bad [a] carriage return without line feed in a command", "command b NOOP"},
     {}},
    {"nul", "a NO\0OP\r\nb NOOP\r\n"s, {"bad [a] NUL in a command", "command b NOOP"}, {}},
    {"nul_without_a_tag", "\0 NOOP\r\n"s, {"bad [] NUL in a command"}, {}},
    {"bad_line_with_a_literal_that_does_not_wait",
     "a \0 {4+}\r\nb X\n more\r\nc NOOP\r\n"s,
     {"bad [a] NUL in a command", "command c NOOP"},
     {}},
    {"nul_behind_a_literal_names_the_tag_of_the_command",
     "tag X {1+}\r\nx\0\r\nb NOOP\r\n"s,
     {"literal tag X {1+}\r\n= 1", "bad [tag] NUL in a command", "command b NOOP"},
     {}},
    {"line_at_the_limit",
     "a " + std::string(30, 'x') + "\r\nb NOOP\r\n",
     {"command a " + std::string(30, 'x'), "command b NOOP"},
     kSmall},
    {"line_above_the_limit",
     "a " + std::string(31, 'x') + "\r\nb NOOP\r\n",
     {"bad [a] line too long", "command b NOOP"},
     kSmall},
    {"line_far_above_the_limit",
     "tag " + std::string(5'000, 'x') + "\r\nb NOOP\r\n",
     {"bad [tag] line too long", "command b NOOP"},
     kSmall},
    {"long_line_without_a_tag",
     std::string(500, 'x') + "\r\nb NOOP\r\n",
     {"bad [] line too long", "command b NOOP"},
     kSmall},
    {"long_line_with_a_literal_that_does_not_wait",
     "a " + std::string(100, 'x') + " {12+}\r\nq NOOP\r\n\r\n\r\n tail\r\nb NOOP\r\n",
     {"bad [a] line too long", "command b NOOP"},
     kSmall},
    {"long_line_with_a_literal_that_waits",
     "a " + std::string(100, 'x') + " {12}\r\nb NOOP\r\n",
     {"bad [a] line too long", "command b NOOP"},
     kSmall},
    {"lines_of_one_command_count_together",
     "a 345678 {1+}\r\nx012345678901234567890\r\nb NOOP\r\n",
     {"literal a 345678 {1+}\r\n= 1", "bad [a] line too long", "command b NOOP"},
     kSmall},
    {"literal_that_waits_and_is_too_large_is_not_asked_for",
     "a X {60}\r\nb NOOP\r\n",
     {"literal a X {60}\r\n= 60 waits", "not gathered", "bad [a] literal too large",
      "command b NOOP"},
     kSmall},
    {"literal_that_does_not_wait_and_is_too_large_is_passed_over",
     "a X {60+}\r\n" + std::string(60, '\n') + " rest\r\nb NOOP\r\n",
     {"literal a X {60+}\r\n= 60", "not gathered", "bad [a] literal too large", "command b NOOP"},
     kSmall},
    {"gathered_text_at_the_limit",
     "a X {55+}\r\n" + std::string(55, 'x') + "\r\nb NOOP\r\n",
     {"literal a X {55+}\r\n= 55", "command a X {55+}\r\n" + std::string(55, 'x'),
      "command b NOOP"},
     {.line_bytes = 32, .gathered_bytes = 66}},
    {"largest_literal_that_is_announced",
     "a REFUSE {4294967295}\r\nb NOOP\r\n",
     {"literal a REFUSE {4294967295}\r\n= 4294967295 waits", "command b NOOP"},
     {}},
    {"larger_literal_that_waits",
     "a APPEND x {4294967296}\r\nb NOOP\r\n",
     {"bad [a] literal too large", "command b NOOP"},
     {}},
    {"number_of_a_literal_overflows",
     "a X {18446744073709551617}\r\nb X {99999999999999999999}\r\nc NOOP\r\n",
     {"bad [a] literal too large", "bad [b] literal too large", "command c NOOP"},
     {}},
    {"larger_literal_that_does_not_wait",
     "a APPEND x {4294967296+}\r\n",
     {"fatal [a] literal too large"},
     {}},
    {"larger_literal_at_the_end_of_a_long_line",
     "a " + std::string(100, 'x') + " {99999999999999999999+}\r\n",
     {"bad [a] line too long", "fatal [] literal too large"},
     kSmall},
};

class ReaderCase : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(CommandReader, ReaderCase, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.name; });

TEST_P(ReaderCase, reads_input_that_comes_at_once) {
  const Case& c = GetParam();
  EXPECT_EQ(read_whole(c.input, c.limits), c.expected);
}

TEST_P(ReaderCase, reads_input_cut_at_every_octet) {
  const Case& c = GetParam();
  for (std::size_t cut = 0; cut <= c.input.size(); ++cut) {
    Driver driver(c.limits);
    driver.feed(std::string_view(c.input).substr(0, cut));
    driver.feed(std::string_view(c.input).substr(cut));
    ASSERT_EQ(driver.log, c.expected) << "cut at " << cut;
  }
}

TEST_P(ReaderCase, reads_input_that_comes_octet_by_octet) {
  const Case& c = GetParam();
  Driver driver(c.limits);
  for (const char octet : c.input) driver.feed(std::string_view(&octet, 1));
  EXPECT_EQ(driver.log, c.expected);
}

TEST_P(ReaderCase, reads_input_cut_at_random) {
  const Case& c = GetParam();
  std::mt19937 random(20'240'501);
  for (int round = 0; round < 200; ++round) {
    Driver driver(c.limits);
    std::string_view left = c.input;
    while (!left.empty()) {
      const std::size_t count = 1 + random() % std::min<std::size_t>(left.size(), 40);
      driver.feed(left.substr(0, count));
      left.remove_prefix(count);
    }
    ASSERT_EQ(driver.log, c.expected);
  }
}

TEST(CommandReader, reads_all_cases_in_one_connection) {
  std::string input;
  std::vector<std::string> expected;
  for (const Case& c : kCases) {
    if (c.limits.line_bytes != ReaderLimits{}.line_bytes) continue;
    if (c.expected.back().starts_with("fatal") || !c.input.ends_with('\n')) continue;
    input += c.input;
    expected.insert(expected.end(), c.expected.begin(), c.expected.end());
  }
  EXPECT_EQ(read_whole(input, {}), expected);
}

TEST(CommandReader, holds_no_memory_when_all_is_read) {
  CommandReader reader;
  reader.input() += "a NOOP\r\n" + std::string(20'000, 'x') + "\r\n";
  while (!std::holds_alternative<NeedMore>(reader.next())) {
  }
  EXPECT_LT(reader.input().capacity(), 64U);
  EXPECT_FALSE(reader.has_input());
}

TEST(CommandReader, keeps_nothing_of_a_line_that_is_too_long) {
  CommandReader reader(kSmall);
  std::size_t bad = 0;
  for (int i = 0; i < 1'000; ++i) {
    reader.input().append(1'000, 'x');
    while (!std::holds_alternative<NeedMore>(reader.next())) ++bad;
    ASSERT_LT(reader.input().size(), 64U);
    ASSERT_LT(reader.input().capacity(), 4'096U);
  }
  EXPECT_EQ(bad, 1U);
  reader.input() += "\r\nb NOOP\r\n";
  const ReaderEvent event = reader.next();
  ASSERT_TRUE(std::holds_alternative<CommandText>(event));
  EXPECT_EQ(std::get<CommandText>(event).text, "b NOOP");
}

TEST(CommandReader, keeps_nothing_of_a_literal_that_is_passed_over) {
  Driver driver;
  driver.feed("a REFUSE {1000000+}\r\n");
  for (int i = 0; i < 1'000; ++i) {
    driver.feed(std::string(1'000, '\n'));
    ASSERT_LT(driver.reader.input().capacity(), 4'096U);
  }
  driver.feed("\r\nb NOOP\r\n");
  EXPECT_EQ(driver.log.back(), "command b NOOP");
}

TEST(CommandReader, keeps_nothing_of_a_literal_that_was_streamed) {
  CommandReader reader;
  reader.input() += "a APPEND x {1000000}\r\n";
  ASSERT_TRUE(std::holds_alternative<NeedLiteral>(reader.next()));
  reader.stream(1'000'000);
  for (int i = 0; i < 100; ++i) {
    reader.input().append(10'000, 'x');
    EXPECT_EQ(reader.take().size(), 10'000U);
    EXPECT_LE(reader.input().size(), 10'000U);
  }
  EXPECT_EQ(reader.left_to_stream(), 0U);
}

TEST(CommandReader, gives_nothing_else_while_it_streams) {
  CommandReader reader;
  reader.input() += "a APPEND x {4}\r\nb";
  ASSERT_TRUE(std::holds_alternative<NeedLiteral>(reader.next()));
  reader.stream(4);
  EXPECT_TRUE(std::holds_alternative<NeedMore>(reader.next()));
  EXPECT_EQ(reader.take(), "b");
  EXPECT_EQ(reader.take(), "");
  EXPECT_EQ(reader.left_to_stream(), 3U);
}

TEST(CommandReader, refuses_a_literal_that_nobody_answered) {
  CommandReader reader;
  reader.input() += "DONE {4+}\r\nabcd\r\nb NOOP\r\n";
  ASSERT_TRUE(std::holds_alternative<NeedLiteral>(reader.next()));
  const ReaderEvent event = reader.next();
  ASSERT_TRUE(std::holds_alternative<CommandText>(event));
  EXPECT_EQ(std::get<CommandText>(event).text, "b NOOP");
}

TEST(CommandReader, gathers_nothing_without_a_literal) {
  CommandReader reader;
  EXPECT_FALSE(reader.gather());
}

TEST(CommandReader, forgets_all_input_on_reset) {
  Driver driver;
  driver.feed("a X {5}\r\nab");
  driver.reader.reset();
  EXPECT_FALSE(driver.reader.has_input());
  driver.log.clear();
  driver.feed("b NOOP\r\n");
  EXPECT_THAT(driver.log, ElementsAre("command b NOOP"));
}

TEST(CommandReader, keeps_its_limits_on_reset) {
  Driver driver(kSmall);
  driver.reader.reset();
  driver.feed("a " + std::string(40, 'x') + "\r\n");
  EXPECT_THAT(driver.log, ElementsAre("bad [a] line too long"));
}

TEST(CommandReader, takes_new_limits) {
  Driver driver(kSmall);
  driver.reader.set_limits({});
  driver.feed("a " + std::string(40, 'x') + "\r\n");
  EXPECT_THAT(driver.log, ElementsAre("command a " + std::string(40, 'x')));
}

TEST(CommandReader, reads_commands_that_were_cut_and_mixed_at_random) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string input;
    std::vector<std::string> expected;
    for (int i = 0; i < 20; ++i) {
      const std::string tag = "t" + std::to_string(i);
      const std::string octets(random() % 50, random() % 2 ? '\n' : '}');
      const std::string header = "{" + std::to_string(octets.size()) + "+}\r\n";
      if (random() % 2) {
        input += tag + " NOOP\r\n";
        expected.push_back("command " + tag + " NOOP");
      } else {
        input += tag + " X " + header + octets + " y\r\n";
        expected.push_back("literal " + tag + " X " + header + "= " +
                           std::to_string(octets.size()));
        expected.push_back("command " + tag + " X " + header + octets + " y");
      }
    }
    Driver driver;
    std::string_view left = input;
    while (!left.empty()) {
      const std::size_t count = 1 + random() % std::min<std::size_t>(left.size(), 100);
      driver.feed(left.substr(0, count));
      left.remove_prefix(count);
    }
    ASSERT_EQ(driver.log, expected);
  }
}

// Random octets out of those that mean something: no crash, no endless loop, memory bounded.
TEST(CommandReader, survives_noise) {
  std::mt19937 random(99);
  constexpr std::string_view kAlphabet = "a {}+~0123\r\n\n\0AR"sv;
  for (int round = 0; round < 2'000; ++round) {
    Driver driver(kSmall);
    for (int i = 0; i < 30; ++i) {
      std::string piece;
      for (auto n = random() % 20; n > 0; --n) piece += kAlphabet[random() % kAlphabet.size()];
      driver.feed(piece);
      ASSERT_LE(driver.reader.input().size(), 64U);
    }
  }
}

TEST(CommandReader, is_linear_for_a_line_that_comes_octet_by_octet) {
  CommandReader reader;
  for (int i = 0; i < 60'000; ++i) {
    reader.input() += 'x';
    ASSERT_TRUE(std::holds_alternative<NeedMore>(reader.next()));
  }
  reader.input() += '\n';
  EXPECT_TRUE(std::holds_alternative<CommandText>(reader.next()));
}

}  // namespace
}  // namespace mailkeep::imap
