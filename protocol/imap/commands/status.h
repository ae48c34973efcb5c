// STATUS (RFC 9051 6.3.11, RFC 3501 6.3.10, HIGHESTMODSEQ of RFC 7162 3.1.7), which LIST answers
// too (RFC 5819).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/imap/wire/encoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

enum class StatusItem : std::uint8_t {
  messages,
  recent,
  uid_next,
  uid_validity,
  unseen,
  highest_modseq,
  size,
  deleted,
  deleted_storage,  // RFC 9208 4.1.4
  append_limit,     // RFC 7889 3.1; the same for all mailboxes
  mailbox_id,
};

// "(" status-att *(SP status-att) ")" (RFC 3501 9).
Parsed<std::vector<StatusItem>> parse_status_items(Decoder& decoder);

struct Status {
  store::MailboxInfo mailbox;
  std::uint32_t recent = 0;
  std::uint64_t append_limit = 0;
};

// Blocking. The mailbox as it is now, and what of it the items ask for.
store::StoreResult<Status> read_status(const ReachedMailbox& mailbox,
                                       const std::vector<StatusItem>& items);
// The untagged STATUS response, under the name the client knows.
void write_status(Encoder& out, std::string_view name, const std::vector<StatusItem>& items,
                  const Status& status);

struct StatusCommand {
  std::string name;
  std::vector<StatusItem> items;
};

Parsed<StatusCommand> parse_status(Decoder& decoder);
protocol::Awaitable<Reply> handle(Session& session, const StatusCommand& command);

}  // namespace mailkeep::imap
