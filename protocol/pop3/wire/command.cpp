#include "protocol/pop3/wire/command.h"

#include <algorithm>
#include <array>
#include <limits>

#include "mime/text/ascii.h"

namespace mailkeep::pop3 {
namespace {

constexpr unsigned kAuthorization = static_cast<unsigned>(State::authorization);
constexpr unsigned kTransaction = static_cast<unsigned>(State::transaction);
constexpr unsigned kBoth = kAuthorization | kTransaction;

std::string_view trim_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view take_word(std::string_view& text) {
  text = trim_spaces(text);
  const std::string_view word = text.substr(0, text.find(' '));
  text = trim_spaces(text.substr(word.size()));
  return word;
}

// Digits only. A number that does not fit is the largest there is: no message has it.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const std::string_view word = take_word(text);
  if (word.empty() || !std::all_of(word.begin(), word.end(), mime::is_digit)) return std::nullopt;
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t number = 0;
  for (const char c : word) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (number > (kLargest - digit) / 10) return kLargest;
    number = number * 10 + digit;
  }
  return number;
}

template <class T>
std::optional<Command> parse_bare(std::string_view arguments) {
  if (!trim_spaces(arguments).empty()) return std::nullopt;
  return T{};
}

template <class T>
std::optional<Command> parse_number(std::string_view arguments) {
  const auto number = take_number(arguments);
  if (!number || !arguments.empty()) return std::nullopt;
  return T{*number};
}

template <class T>
std::optional<Command> parse_optional_number(std::string_view arguments) {
  if (trim_spaces(arguments).empty()) return T{};
  return parse_number<T>(arguments);
}

std::optional<Command> parse_top(std::string_view arguments) {
  const auto message = take_number(arguments);
  const auto lines = take_number(arguments);
  if (!message || !lines || !arguments.empty()) return std::nullopt;
  return TopCommand{*message, *lines};
}

std::optional<Command> parse_user(std::string_view arguments) {
  const std::string_view name = trim_spaces(arguments);
  if (name.empty()) return std::nullopt;
  return UserCommand{std::string(name)};
}

std::optional<Command> parse_pass(std::string_view arguments) {
  if (arguments.empty()) return std::nullopt;
  return PassCommand{std::string(arguments)};
}

std::optional<Command> parse_auth(std::string_view arguments) {
  AuthCommand command;
  for (const char c : take_word(arguments)) {
    command.mechanism.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  }
  if (!arguments.empty()) command.initial_response = take_word(arguments);
  if (!arguments.empty()) return std::nullopt;
  return command;
}

// RFC 1939 7
std::optional<Command> parse_apop(std::string_view arguments) {
  const std::string_view name = take_word(arguments);
  const std::string_view digest = take_word(arguments);
  const bool hexadecimal = std::ranges::all_of(
      digest, [](char c) { return mime::is_digit(c) || (c >= 'a' && c <= 'f'); });
  if (name.empty() || digest.size() != 32 || !hexadecimal || !arguments.empty()) {
    return std::nullopt;
  }
  return ApopCommand{std::string(name), std::string(digest)};
}

// RFC 6856 3.1: a language range, or nothing.
std::optional<Command> parse_lang(std::string_view arguments) {
  LangCommand command;
  for (const char c : take_word(arguments)) command.language.push_back(mime::to_lower(c));
  if (!arguments.empty()) return std::nullopt;
  return command;
}

constexpr std::array<CommandEntry, 17> kCommands{{
    {"CAPA", kBoth, parse_bare<CapaCommand>, "CAPA"},
    {"STLS", kAuthorization, parse_bare<StlsCommand>, "STLS"},
    {"USER", kAuthorization, parse_user, "USER name"},
    {"PASS", kAuthorization, parse_pass, "PASS password"},
    {"AUTH", kAuthorization, parse_auth, "AUTH mechanism [initial-response]"},
    {"APOP", kAuthorization, parse_apop, "APOP name digest"},
    {"UTF8", kAuthorization, parse_bare<Utf8Command>, "UTF8"},
    {"LANG", kBoth, parse_lang, "LANG [language]"},
    {"QUIT", kBoth, parse_bare<QuitCommand>, "QUIT"},
    {"NOOP", kTransaction, parse_bare<NoopCommand>, "NOOP"},
    {"STAT", kTransaction, parse_bare<StatCommand>, "STAT"},
    {"LIST", kTransaction, parse_optional_number<ListCommand>, "LIST [message-number]"},
    {"UIDL", kTransaction, parse_optional_number<UidlCommand>, "UIDL [message-number]"},
    {"RETR", kTransaction, parse_number<RetrCommand>, "RETR message-number"},
    {"TOP", kTransaction, parse_top, "TOP message-number lines"},
    {"DELE", kTransaction, parse_number<DeleCommand>, "DELE message-number"},
    {"RSET", kTransaction, parse_bare<RsetCommand>, "RSET"},
}};

std::unexpected<CommandError> error(std::string text) {
  return std::unexpected(CommandError{std::move(text)});
}

}  // namespace

std::expected<ParsedCommand, CommandError> parse_command(std::string_view line, State state) {
  const std::string_view name = line.substr(0, line.find(' '));
  const auto* const entry = std::find_if(kCommands.begin(), kCommands.end(), [&](const auto& each) {
    return mime::equal_ignoring_case(each.name, name);
  });
  if (entry == kCommands.end()) return error("Unknown command");
  if ((entry->states & static_cast<unsigned>(state)) == 0) {
    return error(std::string(entry->name) + (state == State::transaction
                                                 ? " is not allowed after log-in"
                                                 : " is not allowed before log-in"));
  }
  const std::string_view arguments = line.size() > name.size() ? line.substr(name.size() + 1) : "";
  const bool printable = std::none_of(arguments.begin(), arguments.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  auto command = printable ? entry->parse(arguments) : std::nullopt;
  if (!command) return error("Wrong arguments, expected: " + std::string(entry->usage));
  return ParsedCommand{entry, std::move(*command)};
}

}  // namespace mailkeep::pop3
