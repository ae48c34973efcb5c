#include "protocol/imap/commands/search.h"

#include <cctype>
#include <utility>

#include "mime/text/charset.h"
#include "protocol/imap/commands/search_key_parser.h"
#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// search = "SEARCH" [SP "CHARSET" SP charset] 1*(SP search-key) (RFC 3501 9)
Parsed<SearchCommand> parse(Decoder& decoder, bool by_uid) {
  SearchCommand command;
  command.by_uid = by_uid;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  if (decoder.accept_word("CHARSET")) {
    if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
    auto charset = decoder.astring();
    if (!charset) return std::unexpected(charset.error());
    command.charset = std::move(*charset);
    command.known_charset = mime::is_known_charset(command.charset);
    if (!command.known_charset) return command;  // its strings cannot be read
    if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  }
  SearchKeyParser parser(decoder, command.charset);
  auto key = parser.keys();
  if (!key) return std::unexpected(key.error());
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  command.key = std::move(*key);
  command.uses_modseq = parser.uses_modseq();
  return command;
}

// The grammar's key as the store's query. Nothing where a sequence number is not there.
class Resolver {
 public:
  explicit Resolver(const MailboxView& view) : view_(view) {}

  std::optional<store::SearchQuery> resolve(const SearchKey& key) const {
    return std::visit([this](const auto& value) { return resolve(value); }, key.key);
  }

 private:
  template <class Simple>
  std::optional<store::SearchQuery> resolve(const Simple& simple) const {
    return store::SearchQuery{simple};
  }
  std::optional<store::SearchQuery> resolve(const SearchSet& set) const {
    auto uids = view_.resolve(set.set, set.by_uid);
    if (!uids) {
      // No number is right in an empty mailbox, but "1:*" there means everything all the same.
      if (!view_.uids().empty()) return std::nullopt;
      uids.emplace();
    }
    return store::SearchQuery{store::SearchUids{std::move(*uids)}};
  }
  std::optional<store::SearchQuery> resolve(const SearchRecent& key) const {
    store::SearchQuery recent{store::SearchUids{view_.recent()}};
    if (key.recent) return recent;
    return store::SearchQuery{
        store::SearchNot{std::make_unique<store::SearchQuery>(std::move(recent))}};
  }
  std::optional<store::SearchQuery> resolve(const SearchKeyNot& key) const {
    auto operand = resolve(*key.operand);
    if (!operand) return std::nullopt;
    return store::SearchQuery{
        store::SearchNot{std::make_unique<store::SearchQuery>(std::move(*operand))}};
  }
  std::optional<store::SearchQuery> resolve(const SearchKeyOr& key) const {
    auto left = resolve(*key.left);
    auto right = resolve(*key.right);
    if (!left || !right) return std::nullopt;
    return store::SearchQuery{
        store::SearchOr{std::make_unique<store::SearchQuery>(std::move(*left)),
                        std::make_unique<store::SearchQuery>(std::move(*right))}};
  }
  std::optional<store::SearchQuery> resolve(const SearchKeyAnd& key) const {
    store::SearchAnd all;
    for (const SearchKey& operand : key.operands) {
      auto resolved = resolve(operand);
      if (!resolved) return std::nullopt;
      all.operands.push_back(std::move(*resolved));
    }
    return store::SearchQuery{std::move(all)};
  }

  const MailboxView& view_;
};

// The highest mod-sequence among `uids` (RFC 7162 3.1.5).
store::StoreResult<store::Modseq> highest_modseq(store::Account& account, const MailboxView& view,
                                                 const store::UidSet& uids) {
  auto cursor = account.messages(view.id(), uids, store::Detail::row);
  if (!cursor) return std::unexpected(cursor.error());
  store::Modseq highest;
  while ((*cursor)->next()) highest = std::max(highest, (*cursor)->row().modseq);
  return highest;
}

void write_found(Encoder& out, const MailboxView& view, const store::UidSet& found, bool by_uid) {
  for (const auto& range : found.ranges()) {
    for (std::uint32_t uid = range.first; uid <= range.last; ++uid) {
      out.sp().number(by_uid ? uid : view.uids().sequence_of(store::Uid{uid}));
    }
  }
}

}  // namespace

Parsed<SearchCommand> parse_search(Decoder& decoder) {
  return parse(decoder, false);
}
Parsed<SearchCommand> parse_uid_search(Decoder& decoder) {
  return parse(decoder, true);
}

protocol::Awaitable<Reply> handle(Session& session, const SearchCommand& command) {
  if (!command.known_charset) {
    co_return Reply::no("BADCHARSET (UTF-8 US-ASCII)", "That charset is not known");
  }
  MailboxView& view = *session.view();
  auto query = Resolver(view).resolve(command.key);
  if (!query) co_return Reply::bad("No message with such a sequence number");
  if (command.uses_modseq) enable_condstore(session);
  std::string response;
  const auto done = co_await session.blocking([&]() -> store::StoreResult<void> {
    auto found = view.account().search(view.id(), *query);
    if (!found) return std::unexpected(found.error());
    // A message that the client was not told of yet has no number here.
    const store::UidSet known = view.uids().intersection(*found);
    Encoder out(response);
    out.raw("* SEARCH");
    write_found(out, view, known, command.by_uid);
    if (command.uses_modseq && !known.empty()) {
      auto highest = highest_modseq(view.account(), view, known);
      if (!highest) return std::unexpected(highest.error());
      out.raw(" (MODSEQ ").number(highest->value).raw(")");
    }
    out.crlf();
    return {};
  });
  if (!done) co_return Reply::refused(done.error());
  session.out().raw(response);
  co_return Reply::ok(command.by_uid ? "UID SEARCH completed" : "SEARCH completed");
}

}  // namespace mailkeep::imap
