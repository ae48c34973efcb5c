#include "protocol/imap/commands/list.h"

#include <map>
#include <utility>
#include <vector>

#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/mailbox_name.h"

namespace mailkeep::imap {
namespace {

// mailbox-list = "(" attributes ")" SP delimiter SP mailbox (RFC 3501 9)
void write_name(Encoder& out, std::string_view attributes, std::string_view wire_name) {
  out.raw("(").raw(attributes).raw(") ").string("/").sp().astring(wire_name).crlf();
}

// A name as this client sees it, and what patterns are matched with.
std::string on_wire(std::string_view name, bool utf8) {
  return utf8 ? std::string(name) : encode_mailbox_name(name);
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

// mbox-or-pat = list-mailbox / "(" list-mailbox *(SP list-mailbox) ")" (RFC 5258 6)
Parsed<void> parse_patterns(Decoder& decoder, ListQuery& query) {
  const bool several = decoder.allows(Capability::list_extended) && decoder.accept('(');
  if (several) query.extended = true;
  do {
    auto pattern = decoder.list_mailbox();
    if (!pattern) return std::unexpected(pattern.error());
    if (query.patterns.size() == kMaxListPatterns) return decoder.fail("too many patterns");
    query.patterns.push_back(std::move(*pattern));
  } while (several && decoder.accept(' '));
  if (several) return decoder.expect(')');
  return {};
}

}  // namespace

// list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts] (RFC 5258 6)
Parsed<ListCommand> parse_list(Decoder& decoder) {
  ListCommand command;
  ListQuery& query = command.query;
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  const bool extended = decoder.allows(Capability::list_extended);
  if (extended && decoder.peek() == '(') {
    auto selection = parse_list_selection(decoder);
    if (!selection) return std::unexpected(selection.error());
    query.extended = true;
    query.selection = *selection;
    if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  }
  query.wanted = unasked_return(decoder.grammar());
  query.wanted.subscribed = query.selection.subscribed;
  const auto reference = decoder.astring();
  if (!reference) return std::unexpected(reference.error());
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  if (auto patterns = parse_patterns(decoder, query); !patterns) {
    return std::unexpected(patterns.error());
  }
  if (extended && decoder.accept(' ') && !decoder.at_end()) {
    if (!decoder.accept_word("RETURN")) return decoder.fail("expected RETURN or the end");
    if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
    auto wanted = parse_list_return(decoder);
    if (!wanted) return std::unexpected(wanted.error());
    query.extended = true;
    wanted->subscribed |= query.selection.subscribed;
    query.wanted = std::move(*wanted);
  }
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  for (std::string& pattern : query.patterns) {
    if (!pattern.empty()) pattern.insert(0, *reference);
  }
  return command;
}

// RFC 3501 9: "LSUB" SP mailbox SP list-mailbox
Parsed<LsubCommand> parse_lsub(Decoder& decoder) {
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto reference = decoder.astring();
  if (!reference) return std::unexpected(reference.error());
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto pattern = decoder.list_mailbox();
  if (!pattern) return std::unexpected(pattern.error());
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return LsubCommand{std::move(*reference), std::move(*pattern)};
}

protocol::Awaitable<Reply> handle(Session& session, const ListCommand& command) {
  const ListQuery& query = command.query;
  // An empty pattern asks for the delimiter (RFC 3501 6.3.8).
  if (!query.extended && query.patterns.front().empty()) {
    session.out().raw("* LIST ");
    write_name(session.out(), "\\Noselect", "");
    co_return Reply::ok("LIST completed");
  }
  for (const StatusItem item : query.wanted.status) {
    if (item == StatusItem::highest_modseq) enable_condstore(session);
  }
  const bool utf8 = session.out().utf8();
  auto listing = co_await session.blocking([&] {
    return Listing::read(session.mailboxes(), query, utf8, session.settings().max_message_bytes);
  });
  if (!listing) co_return Reply::refused(listing.error());
  bool more = true;
  while (more) {
    const bool connected = co_await session.flush_during(
        [&] { more = listing->write_some(session.output(), Session::kOutputBytes); });
    if (!connected) co_return Reply::end();
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
