#include "protocol/imap/commands/mailbox.h"

#include <optional>
#include <utility>

#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"
#include "protocol/imap/wire/mailbox_name.h"

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

namespace {

// special-use attributes that a client may ask for (RFC 6154 2, RFC 8457).
std::optional<store::SpecialUse> special_use_named(std::string_view name) {
  using enum store::SpecialUse;
  static constexpr std::pair<std::string_view, store::SpecialUse> kUses[] = {
      {"Archive", archive}, {"Drafts", drafts}, {"Flagged", flagged},     {"Junk", junk},
      {"Sent", sent},       {"Trash", trash},   {"Important", important},
  };
  for (const auto& [known, use] : kUses) {
    if (equal_ignoring_case(known, name)) return use;
  }
  return std::nullopt;
}

// "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")" (RFC 6154 6, RFC 4466 2.2)
Parsed<void> parse_create_parameters(Decoder& decoder, CreateCommand& command) {
  if (auto open = decoder.expect('('); !open) return open;
  if (!decoder.accept_word("USE")) return decoder.fail("unknown CREATE parameter");
  if (auto space = decoder.sp(); !space) return space;
  if (auto open = decoder.expect('('); !open) return open;
  bool more = decoder.peek() != ')';
  while (more) {
    if (auto slash = decoder.expect('\\'); !slash) return slash;
    const auto name = decoder.atom();
    if (!name) return std::unexpected(name.error());
    const auto use = special_use_named(*name);
    const bool another = command.use != store::SpecialUse::none && command.use != use;
    command.use_refused = command.use_refused || !use || another;
    if (use) command.use = *use;
    more = decoder.accept(' ');
  }
  if (auto close = decoder.expect(')'); !close) return close;
  return decoder.expect(')');
}

}  // namespace

// create = "CREATE" SP mailbox [SP create-params]. A trailing separator says that the client means
// to create names under this one; it is no part of the name (RFC 3501 6.3.3).
Parsed<CreateCommand> parse_create(Decoder& decoder) {
  CreateCommand command;
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto name = decoder.mailbox();
  if (!name) return std::unexpected(name.error());
  if (name->ends_with('/')) name->pop_back();
  command.name = std::move(*name);
  if (decoder.allows(Capability::create_special_use) && decoder.rest().starts_with(" (")) {
    decoder.accept(' ');
    if (auto parsed = parse_create_parameters(decoder, command); !parsed) {
      return std::unexpected(parsed.error());
    }
  }
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
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
  if (command.use_refused) co_return Reply::no("USEATTR", "No mailbox can have that use");
  const auto created = co_await session.blocking([&]() -> store::StoreResult<store::MailboxInfo> {
    const auto place = session.mailboxes().find_place(command.name);
    if (!place) return std::unexpected(place.error());
    return place->account->create_mailbox(place->name, command.use);
  });
  if (!created) co_return Reply::refused(created.error());
  if (!session.allows(Capability::object_id)) co_return Reply::ok("CREATE completed");
  // RFC 8474 4.1
  co_return Reply::ok("MAILBOXID (" + created->object_id + ")", "CREATE completed");
}

protocol::Awaitable<Reply> handle(Session& session, const DeleteCommand& command) {
  const auto deleted = co_await session.blocking([&]() -> store::StoreResult<void> {
    const auto mailbox = session.mailboxes().find(command.name, right::remove);
    if (!mailbox) return std::unexpected(mailbox.error());
    return mailbox->account->delete_mailbox(mailbox->info.name);
  });
  if (!deleted) co_return Reply::refused(deleted.error());
  co_return Reply::ok("DELETE completed");
}

// From one account to another nothing can be renamed.
protocol::Awaitable<Reply> handle(Session& session, const RenameCommand& command) {
  const auto renamed = co_await session.blocking([&]() -> store::StoreResult<void> {
    const auto from = session.mailboxes().find(command.from, right::remove);
    if (!from) return std::unexpected(from.error());
    const auto to = session.mailboxes().find_place(command.to);
    if (!to) return std::unexpected(to.error());
    if (from->account->id() != to->account->id()) {
      return std::unexpected(store::StoreError::invalid_mailbox_name);
    }
    return from->account->rename_mailbox(from->info.name, to->name);
  });
  if (!renamed) co_return Reply::refused(renamed.error());
  co_return Reply::ok("RENAME completed");
}

protocol::Awaitable<Reply> handle(Session& session, const SubscribeCommand& command) {
  const auto done = co_await session.blocking(
      [&] { return session.account().subscribe(command.name, command.subscribe); });
  if (!done) co_return Reply::refused(done.error());
  co_return Reply::ok(command.subscribe ? "SUBSCRIBE completed" : "UNSUBSCRIBE completed");
}

// RFC 2342 5: one personal namespace, and one of what others share, with its name for people where
// the language has another one (RFC 5255 3.4).
void write_namespaces(Session& session) {
  Encoder& out = session.out();
  out.raw("* NAMESPACE ((").string("").sp().string("/").raw(")) ");
  if (!session.allows(Capability::acl)) {
    out.raw("NIL NIL").crlf();
    return;
  }
  out.raw("((").string(kOtherUsers).sp().string("/");
  const std::string_view name = translated_other_users(session.language());
  if (!name.empty()) {
    out.sp().string("TRANSLATION").raw(" (").string(encode_mailbox_name(name)).raw(")");
  }
  out.raw(")) NIL").crlf();
}

protocol::Awaitable<Reply> handle(Session& session, const NamespaceCommand&) {
  write_namespaces(session);
  co_return Reply::ok("NAMESPACE completed");
}

}  // namespace mailkeep::imap
