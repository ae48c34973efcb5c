#include "protocol/imap/commands/copy.h"

#include "protocol/imap/commands/copy_across.h"
#include "protocol/imap/commands/expunge.h"
#include "protocol/imap/message_limit.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// copy = "COPY" SP sequence-set SP mailbox; move is alike (RFC 9051 9)
Parsed<CopyCommand> read_copy(Decoder& decoder, bool by_uid, bool move) {
  CopyCommand command;
  command.by_uid = by_uid;
  if (!by_uid) {
    if (auto ok = decoder.allow_numbers(); !ok) return std::unexpected(ok.error());
  }
  command.move = move;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto set = decoder.sequence_set();
  if (!set) return std::unexpected(set.error());
  command.set = std::move(*set);
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto destination = decoder.mailbox();
  if (!destination) return std::unexpected(destination.error());
  command.destination = std::move(*destination);
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

// resp-code-copy: UIDs of source and destination, pair by pair (RFC 4315 3).
std::string copyuid(const store::CopyResult& result) {
  std::string code = "COPYUID ";
  Encoder out(code);
  out.number(result.uid_validity).sp();
  store::UidSet sources;
  store::UidSet destinations;
  for (const auto& [source, destination] : result.uids) {
    sources.add(source);
    destinations.add(destination);
  }
  out.uid_set(sources).sp().uid_set(destinations);
  return code;
}

}  // namespace

Parsed<CopyCommand> parse_copy(Decoder& decoder) {
  return read_copy(decoder, false, false);
}
Parsed<CopyCommand> parse_uid_copy(Decoder& decoder) {
  return read_copy(decoder, true, false);
}
Parsed<CopyCommand> parse_move(Decoder& decoder) {
  return read_copy(decoder, false, true);
}
Parsed<CopyCommand> parse_uid_move(Decoder& decoder) {
  return read_copy(decoder, true, true);
}

protocol::Awaitable<Reply> handle(Session& session, const CopyCommand& command) {
  MailboxView& view = *session.view();
  const std::string name = command.move ? "MOVE" : "COPY";
  if (command.move && view.read_only()) co_return Reply::no("READ-ONLY", "Mailbox is read-only");
  auto uids = view.resolve(command.set, command.by_uid);
  if (!uids) co_return Reply::bad("No message with such a sequence number");
  std::string limited;
  if (command.move) {
    limited = limit_messages(session.settings(), *uids);
  } else if (std::string code = copy_limit_code(session.settings(), *uids); !code.empty()) {
    co_return Reply::no(std::move(code), "Too many messages to copy");
  }
  auto result = co_await session.blocking([&] {
    return transfer_messages(session.mailboxes(), view, *uids, command.destination, command.move);
  });
  if (!result) co_return Reply::refused_destination(result.error());
  if (result->uids.empty()) {
    co_return Reply::ok(std::move(limited), name + " completed, no messages");
  }
  const std::string code = session.allows(Capability::uid_plus) ? copyuid(*result) : std::string();
  if (!command.move) co_return Reply::ok(code, name + " completed");
  // MOVE tells the UIDs before its EXPUNGE responses, which come with the view's changes
  // (RFC 6851 4.3).
  if (!code.empty()) {
    session.out().raw("* OK [").raw(code).raw("] ");
    session.out().utf8_text(translated(session.language(), "Messages moved")).crlf();
  }
  std::string text = limited.empty() ? name + " completed" : "MOVE completed for the last ones";
  co_return co_await reply_after_expunge(session, std::move(text), std::move(limited));
}

}  // namespace mailkeep::imap
