#include "protocol/imap/commands/append.h"

#include <utility>

#include "protocol/imap/commands/appending.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {

// append = "APPEND" SP mailbox 1*append-message (RFC 3502)
Parsed<AppendCommand> parse_append(Decoder& decoder) {
  AppendCommand command{AppendParser(decoder.grammar(), false, false, decoder.position())};
  const auto need = command.parser.advance(decoder.rest(), true);
  if (!need) return std::unexpected(need.error());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const AppendCommand& command) {
  Appending appending(session, command.parser);
  co_return co_await appending.run(std::nullopt);
}

std::optional<Parsed<AppendParser>> parse_append_start(std::string_view text,
                                                       const Grammar& grammar) {
  AppendParser parser(grammar);
  const auto need = parser.advance(text, false);
  if (!parser.is_append()) return std::nullopt;
  if (!need) return std::unexpected(need.error());
  if (*need == AppendParser::Need::gather) return std::nullopt;
  return parser;
}

protocol::Awaitable<Reply> handle_append(Session& session, AppendParser parser,
                                         NeedLiteral literal) {
  Appending appending(session, std::move(parser));
  co_return co_await appending.run(literal);
}

}  // namespace mailkeep::imap
