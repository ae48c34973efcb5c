#include "protocol/imap/commands/uid_batches.h"

#include <algorithm>

#include "protocol/imap/session.h"

namespace mailkeep::imap {

// "UIDBATCHES" SP nz-number [SP nz-number ":" nz-number]
Parsed<UidBatchesCommand> parse_uid_batches(Decoder& decoder) {
  UidBatchesCommand command;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  const auto messages = decoder.nz_number();
  if (!messages) return std::unexpected(messages.error());
  command.messages = *messages;
  if (decoder.accept(' ') && !decoder.at_end()) {
    const SyntaxError reversed = decoder.error("the first batch comes before the last");
    const auto first = decoder.nz_number();
    if (!first) return std::unexpected(first.error());
    if (auto ok = decoder.expect(':'); !ok) return std::unexpected(ok.error());
    const auto last = decoder.nz_number();
    if (!last) return std::unexpected(last.error());
    if (*first > *last) {
      SyntaxError error = reversed;
      error.code = "CLIENTBUG";
      return std::unexpected(std::move(error));
    }
    command.places = UidBatchesCommand::Places{*first, *last};
  }
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

// The ranges follow one another without a gap, down to UID 1 (RFC 10022 3.1.4), so that they hold
// messages which other sessions expunge and the client has not been told of yet. Each has both of
// its ends, even where they are the same. With MESSAGELIMIT no batch has more than one command
// works on. O(batches).
protocol::Awaitable<Reply> handle(Session& session, const UidBatchesCommand& command) {
  if (command.messages < kMinBatchMessages) {
    co_return Reply::no("TOOFEW", "A batch of so few messages helps nobody");
  }
  const store::UidMap& uids = session.view()->uids();
  const std::uint64_t count = uids.size();
  const std::uint32_t limit = session.settings().message_limit;
  const std::uint64_t size = limit == 0 ? command.messages : std::min(command.messages, limit);
  const std::uint64_t batches = (count + size - 1) / size;
  const std::uint64_t first = command.places ? command.places->first : 1;
  const std::uint64_t last =
      std::min<std::uint64_t>(batches, command.places ? command.places->last : batches);
  // The highest UID of a batch, and that of the one behind it.
  const auto highest = [&](std::uint64_t batch) -> std::uint32_t {
    if (batch > batches) return 0;
    return uids.uid_of(static_cast<std::uint32_t>(count - (batch - 1) * size)).value;
  };
  Encoder& out = session.out();
  out.raw("* UIDBATCHES (TAG ").string(session.command_tag()).raw(")");
  for (std::uint64_t batch = first; batch <= last; ++batch) {
    out.raw(batch == first ? " " : ",");
    const std::uint32_t high = highest(batch);
    const std::uint32_t low = highest(batch + 1) + 1;
    out.number(high).raw(":").number(low);
  }
  out.crlf();
  co_return Reply::ok("UIDBATCHES completed");
}

}  // namespace mailkeep::imap
