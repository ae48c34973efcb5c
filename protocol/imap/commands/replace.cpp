#include "protocol/imap/commands/replace.h"

#include "protocol/imap/commands/appending.h"

namespace mailkeep::imap {
namespace {

// replace = "REPLACE" SP seq-number SP mailbox append-message (RFC 8508 5)
Parsed<ReplaceCommand> read_replace(Decoder& decoder, bool by_uid) {
  ReplaceCommand command{AppendParser(decoder.grammar(), true, by_uid, decoder.position())};
  const auto need = command.parser.advance(decoder.rest(), true);
  if (!need) return std::unexpected(need.error());
  return command;
}

}  // namespace

Parsed<ReplaceCommand> parse_replace(Decoder& decoder) {
  return read_replace(decoder, false);
}

Parsed<ReplaceCommand> parse_uid_replace(Decoder& decoder) {
  return read_replace(decoder, true);
}

protocol::Awaitable<Reply> handle(Session& session, const ReplaceCommand& command) {
  Appending appending(session, command.parser);
  co_return co_await appending.run(std::nullopt);
}

}  // namespace mailkeep::imap
