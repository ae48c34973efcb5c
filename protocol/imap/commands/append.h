// APPEND (RFC 9051 6.3.12). The message literal streams into the store while it arrives.
#pragma once

#include <optional>
#include <string>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/command_reader.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"
#include "store/account.h"
#include "store/message_upload.h"

namespace mailkeep::imap {

// An APPEND whose message literal was not streamed cannot be: parse_append only reports what is
// wrong with it.
struct AppendCommand {};

Parsed<AppendCommand> parse_append(Decoder& decoder);
protocol::Awaitable<Reply> handle(Session& session, const AppendCommand& command);

// What stands before the message literal.
struct AppendStart {
  std::string tag;
  std::string mailbox;
  store::FlagSet flags;
  std::optional<store::InternalDate> date;
};

// `text` is a command up to and with a literal header. Nothing: not an APPEND, or the literal is
// one of its earlier arguments, to be gathered as usual. An error: an APPEND that is wrong before
// its message.
std::optional<Parsed<AppendStart>> parse_append_start(std::string_view text,
                                                      const Grammar& grammar);

// Takes the message from the reader, which is at its literal, and the end of the command; stores
// it.
protocol::Awaitable<Reply> handle_append(Session& session, AppendStart start, NeedLiteral literal);

}  // namespace mailkeep::imap
