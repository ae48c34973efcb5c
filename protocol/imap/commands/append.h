// APPEND (RFC 9051 6.3.12) with any number of messages (RFC 3502), each whole or put together out
// of texts and URLs (RFC 4469). Texts stream into the store while they arrive.
#pragma once

#include <optional>
#include <string>

#include "protocol/imap/commands/append_parser.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/command_reader.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

// A command whose messages are made of URLs alone: nothing streams.
struct AppendCommand {
  AppendParser parser;
};

Parsed<AppendCommand> parse_append(Decoder& decoder);
protocol::Awaitable<Reply> handle(Session& session, const AppendCommand& command);

// `text` is a command up to and with a literal's header. Nothing: no command with a message, or the
// literal is one of its arguments, to be gathered as usual. An error: one that is wrong before its
// message.
std::optional<Parsed<AppendParser>> parse_append_start(std::string_view text,
                                                       const Grammar& grammar);

// Takes the messages from the reader, which is at the first literal, and the rest of the command;
// stores them.
protocol::Awaitable<Reply> handle_append(Session& session, AppendParser parser,
                                         NeedLiteral literal);

}  // namespace mailkeep::imap
