#include "protocol/pop3/wire/command.h"

#include <gtest/gtest.h>

namespace mailkeep::pop3 {
namespace {

template <class T>
T parsed(std::string_view line, State state) {
  auto command = parse_command(line, state);
  if (!command || !std::holds_alternative<T>(command->command)) {
    ADD_FAILURE() << line;
    return {};
  }
  return std::get<T>(command->command);
}

std::string error_of(std::string_view line, State state = State::transaction) {
  const auto command = parse_command(line, state);
  return command ? "" : command.error().text;
}

TEST(Command, NamesAreReadInAnyCase) {
  parsed<NoopCommand>("NOOP", State::transaction);
  parsed<NoopCommand>("noop", State::transaction);
  parsed<StatCommand>("Stat", State::transaction);
  parsed<CapaCommand>("capa", State::authorization);
  parsed<CapaCommand>("CAPA", State::transaction);
  parsed<QuitCommand>("QUIT", State::authorization);
  parsed<RsetCommand>("RSET ", State::transaction);
}

TEST(Command, ReadsMessageNumbers) {
  EXPECT_EQ(parsed<RetrCommand>("RETR 12", State::transaction).message, 12U);
  EXPECT_EQ(parsed<RetrCommand>("RETR  7 ", State::transaction).message, 7U);
  EXPECT_EQ(parsed<DeleCommand>("DELE 007", State::transaction).message, 7U);
  EXPECT_EQ(parsed<ListCommand>("LIST", State::transaction).message, std::nullopt);
  EXPECT_EQ(parsed<ListCommand>("LIST 3", State::transaction).message, 3U);
  EXPECT_EQ(parsed<UidlCommand>("UIDL 3", State::transaction).message, 3U);
  const auto top = parsed<TopCommand>("TOP 3 10", State::transaction);
  EXPECT_EQ(top.message, 3U);
  EXPECT_EQ(top.lines, 10U);
}

TEST(Command, ANumberThatDoesNotFitIsNoMessage) {
  constexpr std::uint64_t kLargest = ~std::uint64_t{0};
  EXPECT_EQ(parsed<RetrCommand>("RETR 18446744073709551615", State::transaction).message, kLargest);
  EXPECT_EQ(parsed<RetrCommand>("RETR 18446744073709551616", State::transaction).message, kLargest);
  EXPECT_EQ(parsed<RetrCommand>("RETR " + std::string(500, '9'), State::transaction).message,
            kLargest);
  EXPECT_EQ(parsed<RetrCommand>("RETR 0", State::transaction).message, 0U);
}

TEST(Command, RefusesWrongArgumentsAndSaysWhatIsRight) {
  for (const std::string line : {"RETR", "RETR x", "RETR -1", "RETR 1 2", "RETR 1x", "RETR +1"}) {
    EXPECT_EQ(error_of(line), "Wrong arguments, expected: RETR message-number") << line;
  }
  EXPECT_NE(error_of("STAT 1"), "");
  EXPECT_NE(error_of("TOP 1"), "");
  EXPECT_NE(error_of("TOP 1 -1"), "");
  EXPECT_NE(error_of("TOP 1 1 1"), "");
  EXPECT_NE(error_of("LIST 1 1"), "");
  EXPECT_NE(error_of("USER", State::authorization), "");
  EXPECT_NE(error_of("USER ", State::authorization), "");
  EXPECT_NE(error_of("PASS", State::authorization), "");
  EXPECT_NE(error_of("AUTH PLAIN a b", State::authorization), "");
}

TEST(Command, RefusesUnknownCommandsAndWrongStates) {
  EXPECT_EQ(error_of(""), "Unknown command");
  EXPECT_EQ(error_of("HELO x"), "Unknown command");
  EXPECT_EQ(error_of("RETRIEVE 1"), "Unknown command");
  EXPECT_EQ(error_of("STAT", State::authorization), "STAT is not allowed before log-in");
  EXPECT_EQ(error_of("USER ann"), "USER is not allowed after log-in");
  EXPECT_EQ(error_of("STLS"), "STLS is not allowed after log-in");
}

TEST(Command, RefusesControlCharacters) {
  EXPECT_NE(error_of(std::string("USER a\0b", 8), State::authorization), "");
  EXPECT_NE(error_of("USER a\rb", State::authorization), "");
  EXPECT_NE(error_of("PASS a\tb", State::authorization), "");
}

TEST(Command, APasswordIsTheRestOfTheLine) {  // RFC 1939 7
  EXPECT_EQ(parsed<PassCommand>("PASS two words ", State::authorization).password, "two words ");
  EXPECT_EQ(parsed<PassCommand>("pass  x", State::authorization).password, " x");
  EXPECT_EQ(parsed<UserCommand>("USER ann smith", State::authorization).name, "ann smith");
}

TEST(Command, ReadsAuth) {
  const auto plain = parsed<AuthCommand>("auth plain AGEAYg==", State::authorization);
  EXPECT_EQ(plain.mechanism, "PLAIN");
  EXPECT_EQ(plain.initial_response, "AGEAYg==");
  EXPECT_EQ(parsed<AuthCommand>("AUTH PLAIN", State::authorization).initial_response, std::nullopt);
  EXPECT_EQ(parsed<AuthCommand>("AUTH", State::authorization).mechanism, "");
}

}  // namespace
}  // namespace mailkeep::pop3
