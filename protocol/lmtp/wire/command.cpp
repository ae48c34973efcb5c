#include "protocol/lmtp/wire/command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "mime/text/ascii.h"
#include "mime/text/charset.h"

namespace mailkeep::lmtp {
namespace {

using Result = std::expected<Command, Reply>;

constexpr std::size_t kMaxClientName = 255;

std::unexpected<Reply> wrong(std::string text) {
  return std::unexpected(Reply{501, "5.5.4", std::move(text)});
}

std::unexpected<Reply> unknown_parameter(std::string_view name) {
  return std::unexpected(Reply{555, "5.5.4", "Unknown parameter " + std::string(name)});
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view word = text.substr(0, text.find(' '));
  text = trimmed(text.substr(word.size()));
  return word;
}

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

template <class T>
Result parse_bare(std::string_view arguments) {
  if (!trimmed(arguments).empty()) return wrong("No arguments expected");
  return T{};
}

template <class T>
Result parse_anything(std::string_view) {
  return T{};
}

Result parse_lhlo(std::string_view arguments) {
  const std::string_view client = trimmed(arguments);
  const bool plain = std::ranges::none_of(
      client, [](char c) { return c == ' ' || c == '(' || c == ')' || c == ';' || c == '\\'; });
  if (client.empty() || client.size() > kMaxClientName || !plain) {
    return wrong("Expected: LHLO name");
  }
  return LhloCommand{std::string(client)};
}

// One esmtp-param; the value may be empty.
struct Parameter {
  std::string_view keyword;
  std::string_view value;
  bool is(std::string_view name) const { return mime::equal_ignoring_case(keyword, name); }
  bool has(std::string_view word) const { return mime::equal_ignoring_case(value, word); }
};

Parameter take_parameter(std::string_view& arguments) {
  const std::string_view word = take_word(arguments);
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {word, {}};
  return {word.substr(0, equals), word.substr(equals + 1)};
}

// Nothing where the parameter is right.
std::optional<Reply> take_mail_parameter(const Parameter& parameter, MailCommand& command) {
  if (parameter.is("SIZE")) {
    command.size = number(parameter.value);
    if (!command.size) return Reply{501, "5.5.4", "SIZE is not a number"};
  } else if (parameter.is("BODY")) {
    if (!parameter.has("7BIT") && !parameter.has("8BITMIME")) {
      return Reply{501, "5.5.4", "BODY is 7BIT or 8BITMIME"};
    }
  } else if (parameter.is("SMTPUTF8") && parameter.value.empty()) {
    command.utf8 = true;
  } else if (parameter.is("RET")) {  // RFC 3461 4.3
    if (!parameter.has("FULL") && !parameter.has("HDRS")) {
      return Reply{501, "5.5.4", "RET is FULL or HDRS"};
    }
  } else if (parameter.is("ENVID")) {  // RFC 3461 4.4
    if (parameter.value.empty()) return Reply{501, "5.5.4", "ENVID is empty"};
  } else if (!parameter.is("AUTH")) {  // RFC 4954 5: what an authenticated client says of others
    return Reply{555, "5.5.4", "Unknown parameter " + std::string(parameter.keyword)};
  }
  return std::nullopt;
}

// The word before the colon, and the path behind it; spaces after the colon are forgiven.
std::optional<Address> take_path_after(std::string_view& arguments, std::string_view word,
                                       bool may_be_empty) {
  if (!mime::equal_ignoring_case(arguments.substr(0, word.size()), word)) return std::nullopt;
  arguments = trimmed(arguments.substr(word.size()));
  auto address = take_path(arguments, may_be_empty);
  if (!arguments.empty() && !arguments.starts_with(' ')) return std::nullopt;
  return address;
}

Result parse_mail(std::string_view arguments) {
  auto sender = take_path_after(arguments, "FROM:", true);
  if (!sender) return std::unexpected(Reply{501, "5.1.7", "Expected: MAIL FROM:<address>"});
  MailCommand command;
  command.sender = std::move(*sender);
  while (!trimmed(arguments).empty()) {
    auto error = take_mail_parameter(take_parameter(arguments), command);
    if (error) return std::unexpected(std::move(*error));
  }
  if (!command.utf8 && !command.sender.is_ascii()) {  // RFC 6531 3.5
    return std::unexpected(Reply{550, "5.6.7", "This address needs SMTPUTF8"});
  }
  return command;
}

Result parse_rcpt(std::string_view arguments) {
  auto recipient = take_path_after(arguments, "TO:", false);
  if (!recipient) return std::unexpected(Reply{501, "5.1.3", "Expected: RCPT TO:<address>"});
  while (!trimmed(arguments).empty()) {
    const Parameter parameter = take_parameter(arguments);
    const bool dsn = parameter.is("NOTIFY") || parameter.is("ORCPT");  // RFC 3461 4.1, 4.2
    if (!dsn) return unknown_parameter(parameter.keyword);
    if (parameter.value.empty()) return wrong(std::string(parameter.keyword) + " is empty");
  }
  return RcptCommand{std::move(*recipient)};
}

// RFC 3030 2: "BDAT" SP chunk-size [SP "LAST"].
Result parse_bdat(std::string_view arguments) {
  const auto size = number(take_word(arguments));
  const std::string_view marker = take_word(arguments);
  const bool last = mime::equal_ignoring_case(marker, "LAST");
  if (!size || *size > kMaxChunkBytes || (!last && !marker.empty()) || !arguments.empty()) {
    return wrong("Expected: BDAT octets [LAST]");
  }
  return BdatCommand{*size, last};
}

Result parse_vrfy(std::string_view arguments) {
  if (trimmed(arguments).empty()) return wrong("Expected: VRFY name");
  return VrfyCommand{};
}

// RFC 4954 4
Result parse_auth(std::string_view arguments) {
  AuthCommand command;
  for (const char c : take_word(arguments)) {
    command.mechanism.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  }
  if (!arguments.empty()) command.initial_response = take_word(arguments);
  if (command.mechanism.empty() || !arguments.empty()) return wrong("AUTH mechanism [response]");
  return command;
}

constexpr std::array<CommandEntry, 12> kCommands{{
    {"LHLO", parse_lhlo},
    {"MAIL", parse_mail},
    {"RCPT", parse_rcpt},
    {"DATA", parse_bare<DataCommand>},
    {"BDAT", parse_bdat},
    {"RSET", parse_bare<RsetCommand>},
    {"NOOP", parse_anything<NoopCommand>},
    {"VRFY", parse_vrfy},
    {"HELP", parse_anything<HelpCommand>},
    {"QUIT", parse_bare<QuitCommand>},
    {"STARTTLS", parse_bare<StartTlsCommand>},
    {"AUTH", parse_auth},
}};

}  // namespace

std::expected<ParsedCommand, CommandError> parse_command(std::string_view line) {
  const bool control = std::ranges::any_of(line, [](char c) {
    const auto value = static_cast<unsigned char>(c);
    return value < 0x20 || value == 0x7f;
  });
  if (control || !mime::is_valid_utf8(line)) {
    return std::unexpected(CommandError{{500, "5.5.2", "Octets that no command has"}});
  }
  const std::string_view name = line.substr(0, line.find(' '));
  const auto* const entry = std::find_if(kCommands.begin(), kCommands.end(), [&](const auto& each) {
    return mime::equal_ignoring_case(each.name, name);
  });
  if (entry == kCommands.end()) {
    return std::unexpected(CommandError{{500, "5.5.1", "Unknown command"}});
  }
  const std::string_view arguments = line.size() > name.size() ? line.substr(name.size() + 1) : "";
  auto command = entry->parse(arguments);
  if (!command) {
    return std::unexpected(CommandError{std::move(command.error()), entry->parse == parse_bdat});
  }
  return ParsedCommand{entry, std::move(*command)};
}

}  // namespace mailkeep::lmtp
