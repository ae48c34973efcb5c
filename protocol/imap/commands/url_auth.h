// RESETKEY, GENURLAUTH and URLFETCH (RFC 4467): URLs by which others may read a message or a part
// of one, for as long as the key stays that they were made with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

inline constexpr std::size_t kMaxUrls = 100;  // in one command

struct ResetKeyCommand {
  std::optional<std::string> mailbox;  // none: the keys of all mailboxes go
};

struct GenUrlAuthCommand {
  std::vector<std::string> urls;  // rumps; INTERNAL is the mechanism there is
};

struct UrlFetchCommand {
  std::vector<std::string> urls;
};

Parsed<ResetKeyCommand> parse_resetkey(Decoder& decoder);
Parsed<GenUrlAuthCommand> parse_genurlauth(Decoder& decoder);
Parsed<UrlFetchCommand> parse_urlfetch(Decoder& decoder);

protocol::Awaitable<Reply> handle(Session& session, const ResetKeyCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const GenUrlAuthCommand& command);
protocol::Awaitable<Reply> handle(Session& session, const UrlFetchCommand& command);

}  // namespace mailkeep::imap
