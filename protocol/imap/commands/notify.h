// NOTIFY (RFC 5465): what of which mailboxes the client wants to be told unasked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/fetch/fetch_items.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/decoder.h"
#include "protocol/stream.h"

namespace mailkeep::imap {

inline constexpr std::size_t kMaxNotifyNames = 1'000;  // of mailboxes, in one NOTIFY

struct NotifyEvents {
  bool message_new = false;
  bool message_expunge = false;
  bool flag_change = false;
  bool mailbox_name = false;
  bool subscription = false;
  bool mailbox_metadata = false;
  bool server_metadata = false;

  bool any_of_messages() const { return message_new || message_expunge || flag_change; }
  bool any_of_mailboxes() const {
    return mailbox_name || subscription || mailbox_metadata || server_metadata;
  }
  bool any() const { return any_of_messages() || any_of_mailboxes(); }
  NotifyEvents& operator|=(const NotifyEvents& other);
};

// filter-mailboxes-other, and all mailboxes, for clients that enabled METADATA; inboxes are all
// personal mailboxes here, since mail may be delivered to each (RFC 5465 6.3).
enum class NotifyFilter : std::uint8_t { personal, subscribed, subtree, mailboxes, all };

struct NotifyGroup {
  NotifyFilter filter = NotifyFilter::personal;
  std::vector<std::string> names;  // of subtree and mailboxes
  NotifyEvents events;
};

// The selected mailbox.
struct NotifySelected {
  bool delayed = false;  // expunges wait for a command
  NotifyEvents events;
  std::optional<FetchItems> items;  // to be told of new messages
};

struct NotifyRequest {
  std::optional<NotifySelected> selected;
  std::vector<NotifyGroup> groups;
  // What of it the client asked for by NOTIFY; null: nothing.
  std::shared_ptr<const NotifyRequest> by_client;
};

struct NotifyCommand {
  // Shared with the session from then on; null: NOTIFY NONE.
  std::shared_ptr<const NotifyRequest> request;
  bool status = false;
  bool unsupported = false;  // an event was asked for that is not known here
};

// Watches what the client asked for, by NOTIFY (null: nothing) and by enabling METADATA, from now
// on. `status`: NOTIFY SET STATUS.
protocol::Awaitable<store::StoreResult<void>> watch_for(
    Session& session, std::shared_ptr<const NotifyRequest> request, bool status);

Parsed<NotifyCommand> parse_notify(Decoder& decoder);
protocol::Awaitable<Reply> handle(Session& session, const NotifyCommand& command);

}  // namespace mailkeep::imap
