// What a command does to the connection as a whole: COMPRESS (RFC 4978), UNAUTHENTICATE (RFC 8437),
// LANGUAGE (RFC 5255 3.2).
#pragma once

#include <string>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

struct CompressCommand {};
struct UnauthenticateCommand {};
struct LanguageCommand {
  std::vector<std::string> ranges;  // the client's, best first; none: it asks what there is
};

Parsed<CompressCommand> parse_compress(Decoder& decoder);
Parsed<UnauthenticateCommand> parse_unauthenticate(Decoder& decoder);
Parsed<LanguageCommand> parse_language(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const CompressCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const UnauthenticateCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const LanguageCommand& command);

}  // namespace mailkeep::imap
