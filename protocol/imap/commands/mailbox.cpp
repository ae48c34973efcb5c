#include "protocol/imap/commands/mailbox.h"

#include <utility>

#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// SP mailbox and the end: the arguments of most commands here (RFC 3501 9).
Parsed<std::string> parse_mailbox(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto name = decoder.mailbox();
  if (!name) return name;
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return name;
}

Parsed<SubscribeCommand> parse_subscription(Decoder& decoder, bool subscribe) {
  auto name = parse_mailbox(decoder);
  if (!name) return std::unexpected(name.error());
  return SubscribeCommand{std::move(*name), subscribe};
}

}  // namespace

// A trailing separator says that the client means to create names under this one; it is no part of
// the name (RFC 3501 6.3.3).
Parsed<CreateCommand> parse_create(Decoder& decoder) {
  auto name = parse_mailbox(decoder);
  if (!name) return std::unexpected(name.error());
  if (name->ends_with('/')) name->pop_back();
  return CreateCommand{std::move(*name)};
}

Parsed<DeleteCommand> parse_delete(Decoder& decoder) {
  auto name = parse_mailbox(decoder);
  if (!name) return std::unexpected(name.error());
  return DeleteCommand{std::move(*name)};
}

// RFC 3501 9: rename = "RENAME" SP mailbox SP mailbox.
Parsed<RenameCommand> parse_rename(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto from = decoder.mailbox();
  if (!from) return std::unexpected(from.error());
  auto to = parse_mailbox(decoder);
  if (!to) return std::unexpected(to.error());
  return RenameCommand{std::move(*from), std::move(*to)};
}

Parsed<SubscribeCommand> parse_subscribe(Decoder& decoder) {
  return parse_subscription(decoder, true);
}

Parsed<SubscribeCommand> parse_unsubscribe(Decoder& decoder) {
  return parse_subscription(decoder, false);
}

Parsed<NamespaceCommand> parse_namespace(Decoder& decoder) {
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return NamespaceCommand{};
}

protocol::Awaitable<Reply> handle(Session& session, const CreateCommand& command) {
  const auto created =
      co_await session.blocking([&] { return session.account().create_mailbox(command.name); });
  if (!created) co_return Reply::refused(created.error());
  co_return Reply::ok("CREATE completed");
}

protocol::Awaitable<Reply> handle(Session& session, const DeleteCommand& command) {
  const auto deleted =
      co_await session.blocking([&] { return session.account().delete_mailbox(command.name); });
  if (!deleted) co_return Reply::refused(deleted.error());
  co_return Reply::ok("DELETE completed");
}

protocol::Awaitable<Reply> handle(Session& session, const RenameCommand& command) {
  const auto renamed = co_await session.blocking(
      [&] { return session.account().rename_mailbox(command.from, command.to); });
  if (!renamed) co_return Reply::refused(renamed.error());
  co_return Reply::ok("RENAME completed");
}

protocol::Awaitable<Reply> handle(Session& session, const SubscribeCommand& command) {
  const auto done = co_await session.blocking(
      [&] { return session.account().subscribe(command.name, command.subscribe); });
  if (!done) co_return Reply::refused(done.error());
  co_return Reply::ok(command.subscribe ? "SUBSCRIBE completed" : "UNSUBSCRIBE completed");
}

// RFC 2342 5: one personal namespace, nobody else's, none shared.
protocol::Awaitable<Reply> handle(Session& session, const NamespaceCommand&) {
  session.out().raw("* NAMESPACE ((").string("").sp().string("/").raw(")) NIL NIL").crlf();
  co_return Reply::ok("NAMESPACE completed");
}

}  // namespace mailkeep::imap
