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

// RFC 3501 9: "LIST" SP mailbox SP list-mailbox; LSUB alike. Modified UTF-7 has no '*' or '%' of
// its own, so patterns are decoded like names.
Parsed<Arguments> parse_arguments(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto reference = decoder.mailbox();
  if (!reference) return std::unexpected(reference.error());
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  const SyntaxError wrong_pattern = decoder.error("pattern is not modified UTF-7");
  const auto written = decoder.list_mailbox();
  if (!written) return std::unexpected(written.error());
  auto pattern = decode_mailbox_name(*written);
  if (!pattern) return std::unexpected(wrong_pattern);
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
void write_name(Encoder& out, std::string_view attributes, std::string_view name) {
  out.raw("(").raw(attributes).raw(") ").string("/").sp().mailbox(name).crlf();
}

std::string attributes_of(const store::MailboxInfo& mailbox) {
  std::string attributes = mailbox.selectable ? "" : "\\Noselect ";
  attributes += mailbox.has_children ? "\\HasChildren" : "\\HasNoChildren";
  attributes += special_use_attribute(mailbox.special_use);
  return attributes;
}

// The subscribed names that match, and whether each is subscribed itself: where a '%' shuts out a
// name for its further levels, the parent that matches stands for it (RFC 3501 6.3.9).
std::map<std::string, bool> matching_subscriptions(const std::vector<std::string>& names,
                                                   std::string_view pattern) {
  const bool with_parents = pattern.find('%') != std::string_view::npos;
  std::map<std::string, bool> found;
  for (const std::string& name : names) {
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

store::StoreResult<std::vector<store::MailboxInfo>> read_mailboxes(store::Account& account,
                                                                   std::string_view pattern) {
  auto mailboxes = account.mailboxes();
  if (!mailboxes) return mailboxes;
  std::erase_if(*mailboxes, [&](const store::MailboxInfo& mailbox) {
    return !matches_pattern(pattern, mailbox.name);
  });
  return mailboxes;
}

store::StoreResult<std::map<std::string, bool>> read_subscriptions(store::Account& account,
                                                                   std::string_view pattern) {
  const auto names = account.subscriptions();
  if (!names) return std::unexpected(names.error());
  return matching_subscriptions(*names, pattern);
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
  const auto mailboxes =
      co_await session.blocking([&] { return read_mailboxes(session.account(), pattern); });
  if (!mailboxes) co_return Reply::refused(mailboxes.error());
  for (const store::MailboxInfo& mailbox : *mailboxes) {
    session.out().raw("* LIST ");
    write_name(session.out(), attributes_of(mailbox), mailbox.name);
    if (!co_await session.flush_if_large()) co_return Reply::end();
  }
  co_return Reply::ok("LIST completed");
}

protocol::Awaitable<Reply> handle(Session& session, const LsubCommand& command) {
  if (command.pattern.empty()) {
    session.out().raw("* LSUB ");
    write_name(session.out(), "\\Noselect", "");
    co_return Reply::ok("LSUB completed");
  }
  const std::string pattern = command.reference + command.pattern;
  const auto found =
      co_await session.blocking([&] { return read_subscriptions(session.account(), pattern); });
  if (!found) co_return Reply::refused(found.error());
  for (const auto& [name, subscribed] : *found) {
    session.out().raw("* LSUB ");
    write_name(session.out(), subscribed ? "" : "\\Noselect", name);
    if (!co_await session.flush_if_large()) co_return Reply::end();
  }
  co_return Reply::ok("LSUB completed");
}

}  // namespace mailkeep::imap
