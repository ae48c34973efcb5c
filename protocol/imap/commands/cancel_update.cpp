#include "protocol/imap/commands/cancel_update.h"

#include <utility>

#include "protocol/imap/search/search_contexts.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {

// "CANCELUPDATE" 1*(SP quoted) (RFC 5267 5)
Parsed<CancelUpdateCommand> parse_cancel_update(Decoder& decoder) {
  CancelUpdateCommand command;
  do {
    if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
    auto tag = decoder.string();
    if (!tag) return std::unexpected(tag.error());
    command.tags.push_back(std::move(*tag));
  } while (!decoder.at_end());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const CancelUpdateCommand& command) {
  for (const std::string& tag : command.tags) {
    if (!session.contexts().contains(tag)) co_return Reply::no("No search of that tag is updated");
  }
  for (const std::string& tag : command.tags) session.contexts().cancel(tag);
  co_return Reply::ok("No further updates");
}

}  // namespace mailkeep::imap
