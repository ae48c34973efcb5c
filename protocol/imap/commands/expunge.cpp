#include "protocol/imap/commands/expunge.h"

#include <utility>

#include "protocol/imap/message_limit.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// Those of `uids` with \Deleted, as many as one command may work on; `limited` tells of the rest.
// An EXPUNGE without UIDs has no limit (RFC 9738 3.1).
store::StoreResult<store::UidSet> expunge(const Session& session, const MailboxView& view,
                                          store::UidSet uids, bool may_limit,
                                          std::string& limited) {
  store::Account& account = view.account();
  if (may_limit && session.settings().message_limit != 0) {
    store::SearchAnd both;
    both.operands.push_back({store::SearchUids{std::move(uids)}});
    both.operands.push_back({store::SearchFlags{store::flag::deleted, 0}});
    auto deleted = account.search(view.id(), {std::move(both)});
    if (!deleted) return deleted;
    limited = limit_messages(session.settings(), *deleted);
    uids = std::move(*deleted);
  }
  return account.expunge_deleted(view.id(), uids);
}

}  // namespace

Parsed<ExpungeCommand> parse_expunge(Decoder& decoder) {
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return ExpungeCommand{};
}

// uid-expunge = "UID" SP "EXPUNGE" SP sequence-set (RFC 4315 4)
Parsed<ExpungeCommand> parse_uid_expunge(Decoder& decoder) {
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto set = decoder.sequence_set();
  if (!set) return std::unexpected(set.error());
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return ExpungeCommand{std::move(*set)};
}

Parsed<CloseCommand> parse_close(Decoder& decoder) {
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return CloseCommand{};
}

protocol::Awaitable<Reply> reply_after_expunge(Session& session, std::string text,
                                               std::string limited) {
  if (!session.enabled().qresync) co_return Reply::ok(std::move(limited), std::move(text));
  // A response has one code only: the other one comes before it, as RFC 9738 3.1 has it.
  if (!limited.empty()) {
    session.out().raw("* NO [").raw(limited).raw("] ");
    session.out().utf8_text(translated(session.language(), "Not all")).crlf();
  }
  co_await session.tell_changes(true);
  std::string code = "HIGHESTMODSEQ ";
  Encoder(code).number(session.view()->modseq().value);
  co_return Reply::ok(std::move(code), std::move(text));
}

protocol::Awaitable<Reply> handle(Session& session, const ExpungeCommand& command) {
  MailboxView& view = *session.view();
  if (view.read_only()) co_return Reply::no("READ-ONLY", "Mailbox is read-only");
  if (!view.may(right::expunge)) co_return Reply::refused(store::StoreError::no_permission);
  // EXPUNGE means every message with \Deleted, also those the client was not told of yet.
  store::UidSet uids =
      command.uids ? *view.resolve(*command.uids, true) : store::UidSet({1, UINT32_MAX});
  std::string limited;
  auto expunged = co_await session.blocking(
      [&] { return expunge(session, view, std::move(uids), command.uids.has_value(), limited); });
  if (!expunged) co_return Reply::refused(expunged.error());
  // The EXPUNGE responses are the view's: they come with its changes before the tagged reply.
  std::string text = command.uids ? "UID EXPUNGE completed" : "EXPUNGE completed";
  if (expunged->empty()) co_return Reply::ok(std::move(limited), std::move(text));
  co_return co_await reply_after_expunge(session, std::move(text), std::move(limited));
}

protocol::Awaitable<Reply> handle(Session& session, const CloseCommand&) {
  MailboxView& view = *session.view();
  if (!view.read_only() && view.may(right::expunge)) {
    // CLOSE tells nothing of what it removes (RFC 9051 6.4.1).
    auto expunged = co_await session.blocking(
        [&] { return view.account().expunge_deleted(view.id(), store::UidSet({1, UINT32_MAX})); });
    if (!expunged && expunged.error() != store::StoreError::no_such_mailbox) {
      co_return Reply::refused(expunged.error());
    }
  }
  session.unselect();
  co_return Reply::ok("CLOSE completed");
}

}  // namespace mailkeep::imap
