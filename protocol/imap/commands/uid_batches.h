// UIDBATCHES (RFC 10022): ranges of UIDs that cut the selected mailbox into batches of so many
// messages, the newest first.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

// Smaller ones are refused: [TOOFEW] (RFC 10022 3.1.3 has 500 as the most that may be asked for).
// There is no upper limit, since what is told is O(batches).
inline constexpr std::uint32_t kMinBatchMessages = 500;

struct UidBatchesCommand {
  struct Places {
    std::uint32_t first;
    std::uint32_t last;
  };
  std::uint32_t messages = 0;    // in a batch
  std::optional<Places> places;  // of the batches that are asked for; none: all
};

Parsed<UidBatchesCommand> parse_uid_batches(Decoder& decoder);
protocol::Awaitable<Reply> handle(Session& session, const UidBatchesCommand& command);

}  // namespace mailkeep::imap
