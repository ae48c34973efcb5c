#include "protocol/imap/commands/acl.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/imap/session.h"
#include "protocol/sasl/prepare.h"
#include "store/access.h"

namespace mailkeep::imap {
namespace {

// SP mailbox
Parsed<std::string> parse_mailbox(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  return decoder.mailbox();
}

// SP identifier, prepared (RFC 4314 3).
Parsed<std::string> parse_identifier(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  const std::size_t begin = decoder.position();
  const auto text = decoder.astring();
  if (!text) return std::unexpected(text.error());
  const bool negative = text->starts_with('-');
  auto prepared = sasl::prepare(std::string_view(*text).substr(negative ? 1 : 0));
  if (!prepared || prepared->empty()) {
    return std::unexpected(SyntaxError{begin, "not an identifier"});
  }
  if (negative) prepared->insert(0, 1, '-');
  return std::move(*prepared);
}

// mod-rights = astring: ["+" / "-"] and letters
Parsed<void> parse_modification(Decoder& decoder, SetAclCommand& command) {
  if (auto space = decoder.sp(); !space) return space;
  const std::size_t begin = decoder.position();
  const auto text = decoder.astring();
  if (!text) return std::unexpected(text.error());
  std::string_view letters = *text;
  if (letters.starts_with('+') || letters.starts_with('-')) {
    command.change =
        letters.front() == '+' ? SetAclCommand::Change::add : SetAclCommand::Change::remove;
    letters.remove_prefix(1);
  }
  const auto rights = rights_of(letters);
  if (!rights) return std::unexpected(SyntaxError{begin, "unknown right"});
  command.rights = *rights;
  return {};
}

// The letters that are kept: without the virtual ones.
std::string kept_letters(Rights rights) {
  std::string letters = letters_of(rights);
  std::erase_if(letters, [](char letter) { return letter == 'c' || letter == 'd'; });
  return letters;
}

Rights changed_rights(Rights before, const SetAclCommand& command) {
  switch (command.change) {
    case SetAclCommand::Change::add:
      return before | command.rights;
    case SetAclCommand::Change::remove:
      return before & static_cast<Rights>(~command.rights);
    case SetAclCommand::Change::replace:
      break;
  }
  return command.rights;
}

store::StoreResult<void> change_entry(const MailboxAccess& mailboxes,
                                      const SetAclCommand& command) {
  const auto mailbox = mailboxes.find(command.mailbox, right::administer);
  if (!mailbox) return std::unexpected(mailbox.error());
  if (command.identifier == mailbox->account->name() ||
      (command.identifier == store::kAnyone && !mailboxes.anyone_may_share() &&
       command.rights != right::none && command.change != SetAclCommand::Change::remove)) {
    return std::unexpected(store::StoreError::invalid_rights);
  }
  const auto entries = mailbox->account->access(mailbox->info.id);
  if (!entries) return std::unexpected(entries.error());
  const auto entry =
      std::ranges::find(*entries, command.identifier, &store::AccessEntry::identifier);
  const Rights before =
      entry == entries->end() ? right::none : rights_of(entry->rights).value_or(right::none);
  return mailbox->account->set_access(mailbox->info.id, command.identifier,
                                      kept_letters(changed_rights(before, command)));
}

struct List {
  std::string owner;
  std::vector<store::AccessEntry> entries;
};

store::StoreResult<List> read_list(const MailboxAccess& mailboxes, const std::string& name) {
  const auto mailbox = mailboxes.find(name, right::administer);
  if (!mailbox) return std::unexpected(mailbox.error());
  auto entries = mailbox->account->access(mailbox->info.id);
  if (!entries) return std::unexpected(entries.error());
  return List{mailbox->account->name(), std::move(*entries)};
}

}  // namespace

// setacl = "SETACL" SP mailbox SP identifier SP mod-rights (RFC 4314 7)
Parsed<SetAclCommand> parse_setacl(Decoder& decoder) {
  SetAclCommand command;
  auto mailbox = parse_mailbox(decoder);
  if (!mailbox) return std::unexpected(mailbox.error());
  command.mailbox = std::move(*mailbox);
  auto identifier = parse_identifier(decoder);
  if (!identifier) return std::unexpected(identifier.error());
  command.identifier = std::move(*identifier);
  if (auto parsed = parse_modification(decoder, command); !parsed) {
    return std::unexpected(parsed.error());
  }
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

// deleteacl = "DELETEACL" SP mailbox SP identifier: an entry without rights is none.
Parsed<SetAclCommand> parse_deleteacl(Decoder& decoder) {
  SetAclCommand command;
  auto mailbox = parse_mailbox(decoder);
  if (!mailbox) return std::unexpected(mailbox.error());
  command.mailbox = std::move(*mailbox);
  auto identifier = parse_identifier(decoder);
  if (!identifier) return std::unexpected(identifier.error());
  command.identifier = std::move(*identifier);
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

Parsed<GetAclCommand> parse_getacl(Decoder& decoder) {
  auto mailbox = parse_mailbox(decoder);
  if (!mailbox) return std::unexpected(mailbox.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return GetAclCommand{std::move(*mailbox)};
}

// listrights = "LISTRIGHTS" SP mailbox SP identifier
Parsed<ListRightsCommand> parse_listrights(Decoder& decoder) {
  auto mailbox = parse_mailbox(decoder);
  if (!mailbox) return std::unexpected(mailbox.error());
  auto identifier = parse_identifier(decoder);
  if (!identifier) return std::unexpected(identifier.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return ListRightsCommand{std::move(*mailbox), std::move(*identifier)};
}

Parsed<MyRightsCommand> parse_myrights(Decoder& decoder) {
  auto mailbox = parse_mailbox(decoder);
  if (!mailbox) return std::unexpected(mailbox.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return MyRightsCommand{std::move(*mailbox)};
}

protocol::Awaitable<Reply> handle(Session& session, const SetAclCommand& command) {
  const auto changed =
      co_await session.blocking([&] { return change_entry(session.mailboxes(), command); });
  if (!changed) co_return Reply::refused(changed.error());
  co_return Reply::ok("Rights changed");
}

// acl-data = "ACL" SP mailbox *(SP identifier SP rights)
protocol::Awaitable<Reply> handle(Session& session, const GetAclCommand& command) {
  const auto list =
      co_await session.blocking([&] { return read_list(session.mailboxes(), command.mailbox); });
  if (!list) co_return Reply::refused(list.error());
  Encoder& out = session.out();
  out.raw("* ACL ").mailbox(command.mailbox);
  out.sp().astring(list->owner).sp().astring(letters_of(right::all));
  for (const store::AccessEntry& entry : list->entries) {
    const Rights rights = rights_of(entry.rights).value_or(right::none);
    out.sp().astring(entry.identifier).sp().astring(letters_of(rights));
  }
  out.crlf();
  co_return Reply::ok("GETACL completed");
}

// listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights): what is always
// there, then what may be given.
protocol::Awaitable<Reply> handle(Session& session, const ListRightsCommand& command) {
  const auto list =
      co_await session.blocking([&] { return read_list(session.mailboxes(), command.mailbox); });
  if (!list) co_return Reply::refused(list.error());
  Encoder& out = session.out();
  out.raw("* LISTRIGHTS ").mailbox(command.mailbox).sp().astring(command.identifier).sp();
  if (command.identifier == list->owner) {
    out.astring(letters_of(right::all));
  } else {
    out.string("");
    const bool none_can_be =
        command.identifier == store::kAnyone && !session.mailboxes().anyone_may_share();
    const std::string letters = none_can_be ? std::string() : letters_of(right::all);
    for (const char letter : letters) out.sp().raw({&letter, 1});
  }
  out.crlf();
  co_return Reply::ok("LISTRIGHTS completed");
}

// myrights-data = "MYRIGHTS" SP mailbox SP rights
protocol::Awaitable<Reply> handle(Session& session, const MyRightsCommand& command) {
  const auto mailbox = co_await session.blocking(
      [&] { return session.mailboxes().find(command.mailbox, right::none); });
  if (!mailbox) co_return Reply::refused(mailbox.error());
  session.out().raw("* MYRIGHTS ").mailbox(command.mailbox).sp();
  session.out().astring(letters_of(mailbox->rights)).crlf();
  co_return Reply::ok("MYRIGHTS completed");
}

}  // namespace mailkeep::imap
