#include "protocol/imap/commands/list.h"

#include <map>
#include <utility>
#include <vector>

#include "protocol/imap/session.h"
#include "protocol/imap/wire/mailbox_name.h"

namespace mailkeep::imap {
namespace {

struct Arguments {
  std::string reference;
  std::string pattern;
};

// RFC 3501 9: "LIST" SP mailbox SP list-mailbox; LSUB alike.
Parsed<Arguments> parse_arguments(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto reference = decoder.astring();
  if (!reference) return std::unexpected(reference.error());
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto pattern = decoder.list_mailbox();
  if (!pattern) return std::unexpected(pattern.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return Arguments{std::move(*reference), std::move(*pattern)};
}

// RFC 6154 2
std::string_view special_use_attribute(store::SpecialUse use) {
  using enum store::SpecialUse;
  switch (use) {
    case archive:
      return " \\Archive";
    case drafts:
      return " \\Drafts";
    case flagged:
      return " \\Flagged";
    case junk:
      return " \\Junk";
    case sent:
      return " \\Sent";
    case trash:
      return " \\Trash";
    case none:
      break;
  }
  return "";
}

// mailbox-list = "(" attributes ")" SP delimiter SP mailbox (RFC 3501 9)
void write_name(Encoder& out, std::string_view attributes, std::string_view wire_name) {
  out.raw("(").raw(attributes).raw(") ").string("/").sp().astring(wire_name).crlf();
}

// A name as this client sees it, and what patterns are matched with.
std::string on_wire(std::string_view name, bool utf8) {
  return utf8 ? std::string(name) : encode_mailbox_name(name);
}

std::string attributes_of(const store::MailboxInfo& mailbox) {
  std::string attributes = mailbox.selectable ? "" : "\\Noselect ";
  attributes += mailbox.has_children ? "\\HasChildren" : "\\HasNoChildren";
  attributes += special_use_attribute(mailbox.special_use);
  return attributes;
}

struct Listed {
  std::string wire_name;
  std::string attributes;
};

store::StoreResult<std::vector<Listed>> matching_mailboxes(store::Account& account,
                                                           std::string_view pattern, bool utf8) {
  const auto mailboxes = account.mailboxes();
  if (!mailboxes) return std::unexpected(mailboxes.error());
  std::vector<Listed> found;
  for (const store::MailboxInfo& mailbox : *mailboxes) {
    std::string name = on_wire(mailbox.name, utf8);
    if (matches_pattern(pattern, name)) found.push_back({std::move(name), attributes_of(mailbox)});
  }
  return found;
}

// The subscribed names that match, and whether each is subscribed itself: where a '%' shuts out a
// name for its further levels, the parent that matches stands for it (RFC 3501 6.3.9).
store::StoreResult<std::map<std::string, bool>> matching_subscriptions(store::Account& account,
                                                                       std::string_view pattern,
                                                                       bool utf8) {
  const auto names = account.subscriptions();
  if (!names) return std::unexpected(names.error());
  const bool with_parents = pattern.find('%') != std::string_view::npos;
  std::map<std::string, bool> found;
  for (const std::string& subscribed : *names) {
    const std::string name = on_wire(subscribed, utf8);
    for (const std::size_t length : matching_prefixes(pattern, name)) {
      if (length == name.size()) {
        found[name] = true;
      } else if (with_parents && name[length] == '/') {
        found.try_emplace(name.substr(0, length), false);
      }
    }
  }
  return found;
}

}  // namespace

Parsed<ListCommand> parse_list(Decoder& decoder) {
  auto arguments = parse_arguments(decoder);
  if (!arguments) return std::unexpected(arguments.error());
  return ListCommand{std::move(arguments->reference), std::move(arguments->pattern)};
}

Parsed<LsubCommand> parse_lsub(Decoder& decoder) {
  auto arguments = parse_arguments(decoder);
  if (!arguments) return std::unexpected(arguments.error());
  return LsubCommand{std::move(arguments->reference), std::move(arguments->pattern)};
}

protocol::Awaitable<Reply> handle(Session& session, const ListCommand& command) {
  // An empty pattern asks for the delimiter (RFC 3501 6.3.8).
  if (command.pattern.empty()) {
    session.out().raw("* LIST ");
    write_name(session.out(), "\\Noselect", "");
    co_return Reply::ok("LIST completed");
  }
  const std::string pattern = command.reference + command.pattern;
  const bool utf8 = session.out().utf8();
  const auto found = co_await session.blocking(
      [&] { return matching_mailboxes(session.account(), pattern, utf8); });
  if (!found) co_return Reply::refused(found.error());
  for (const Listed& mailbox : *found) {
    session.out().raw("* LIST ");
    write_name(session.out(), mailbox.attributes, mailbox.wire_name);
    if (!co_await session.flush_if_large()) co_return Reply::end();
  }
  co_return Reply::ok("LIST completed");
}

protocol::Awaitable<Reply> handle(Session& session, const LsubCommand& command) {
  const std::string pattern = command.reference + command.pattern;
  const bool utf8 = session.out().utf8();
  const auto found = co_await session.blocking(
      [&] { return matching_subscriptions(session.account(), pattern, utf8); });
  if (!found) co_return Reply::refused(found.error());
  for (const auto& [name, subscribed] : *found) {
    session.out().raw("* LSUB ");
    write_name(session.out(), subscribed ? "" : "\\Noselect", name);
    if (!co_await session.flush_if_large()) co_return Reply::end();
  }
  co_return Reply::ok("LSUB completed");
}

}  // namespace mailkeep::imap
