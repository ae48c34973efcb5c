#include "protocol/imap/commands/status.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

constexpr struct {
  std::string_view name;
  StatusItem item;
  Capability capability = Capability::imap4rev1;
} kItems[] = {
    {"MESSAGES", StatusItem::messages},
    {"RECENT", StatusItem::recent},
    {"UIDNEXT", StatusItem::uid_next},
    {"UIDVALIDITY", StatusItem::uid_validity},
    {"UNSEEN", StatusItem::unseen},
    {"HIGHESTMODSEQ", StatusItem::highest_modseq, Capability::condstore},
    {"SIZE", StatusItem::size, Capability::status_size},
    {"DELETED", StatusItem::deleted},
    {"DELETED-STORAGE", StatusItem::deleted_storage, Capability::quota},
    {"APPENDLIMIT", StatusItem::append_limit, Capability::append_limit},
    {"MAILBOXID", StatusItem::mailbox_id, Capability::object_id},
};

Parsed<StatusItem> parse_item(Decoder& decoder) {
  for (const auto& known : kItems) {
    if (decoder.accept_word(known.name, known.capability)) return known.item;
  }
  return decoder.fail("expected a status item");
}

std::string_view name_of(StatusItem item) {
  return std::ranges::find(kItems, item, [](const auto& known) { return known.item; })->name;
}

bool contains(const std::vector<StatusItem>& items, StatusItem item) {
  return std::ranges::find(items, item) != items.end();
}

std::uint64_t value_of(const Status& status, StatusItem item) {
  const store::MailboxInfo& mailbox = status.mailbox;
  switch (item) {
    case StatusItem::messages:
      return mailbox.messages;
    case StatusItem::recent:
      return status.recent;
    case StatusItem::uid_next:
      return mailbox.uid_next.value;
    case StatusItem::uid_validity:
      return mailbox.uid_validity;
    case StatusItem::unseen:
      return mailbox.unseen;
    case StatusItem::highest_modseq:
      return mailbox.highest_modseq.value;
    case StatusItem::size:
      return mailbox.size_bytes;
    case StatusItem::deleted:
      return mailbox.deleted;
    case StatusItem::deleted_storage:
      return mailbox.deleted_bytes;
    case StatusItem::append_limit:
      return status.append_limit;
    case StatusItem::mailbox_id:
      break;  // is no number
  }
  return 0;
}

}  // namespace

Parsed<std::vector<StatusItem>> parse_status_items(Decoder& decoder) {
  std::vector<StatusItem> items;
  if (auto open = decoder.expect('('); !open) return std::unexpected(open.error());
  do {
    const auto item = parse_item(decoder);
    if (!item) return std::unexpected(item.error());
    if (!contains(items, *item)) items.push_back(*item);
  } while (decoder.accept(' '));
  if (auto close = decoder.expect(')'); !close) return std::unexpected(close.error());
  return items;
}

store::StoreResult<Status> read_status(const ReachedMailbox& mailbox,
                                       const std::vector<StatusItem>& items) {
  Status status{.mailbox = mailbox.info};
  if (!contains(items, StatusItem::recent) ||
      status.mailbox.first_recent >= status.mailbox.uid_next) {
    return status;
  }
  auto snapshot = mailbox.account->snapshot(status.mailbox.id);
  if (!snapshot) return std::unexpected(snapshot.error());
  status.mailbox = std::move(snapshot->info);
  status.recent = snapshot->uids->size() - snapshot->uids->count_below(status.mailbox.first_recent);
  return status;
}

void write_status(Encoder& out, std::string_view name, const std::vector<StatusItem>& items,
                  const Status& status) {
  out.raw("* STATUS ").mailbox(name).raw(" (");
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out.sp();
    out.raw(name_of(items[i])).sp();
    if (items[i] == StatusItem::mailbox_id) {  // RFC 8474 4.3
      out.raw("(").raw(status.mailbox.object_id).raw(")");
    } else {
      out.number(value_of(status, items[i]));
    }
  }
  out.raw(")").crlf();
}

// RFC 3501 9: status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")".
Parsed<StatusCommand> parse_status(Decoder& decoder) {
  StatusCommand command;
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto name = decoder.mailbox();
  if (!name) return std::unexpected(name.error());
  command.name = std::move(*name);
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto items = parse_status_items(decoder);
  if (!items) return std::unexpected(items.error());
  command.items = std::move(*items);
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const StatusCommand& command) {
  // Asking for it is one of the ways to switch CONDSTORE on (RFC 7162 3.1).
  if (contains(command.items, StatusItem::highest_modseq)) enable_condstore(session);
  const auto status = co_await session.blocking([&]() -> store::StoreResult<Status> {
    const auto mailbox = session.mailboxes().find_selectable(command.name, right::read);
    if (!mailbox) return std::unexpected(mailbox.error());
    auto read = read_status(*mailbox, command.items);
    if (read) read->append_limit = session.settings().max_message_bytes;
    return read;
  });
  if (!status) co_return Reply::refused(status.error());
  write_status(session.out(), command.name, command.items, *status);
  co_return Reply::ok("STATUS completed");
}

}  // namespace mailkeep::imap
