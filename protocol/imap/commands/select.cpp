#include "protocol/imap/commands/select.h"

#include <memory>
#include <utility>

#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// select = "SELECT" SP mailbox [select-params]; select-params = SP "(" select-param *(SP ...) ")"
// (RFC 4466 2.1); CONDSTORE is the parameter there is (RFC 7162 3.1.8).
Parsed<SelectCommand> parse(Decoder& decoder, bool read_only) {
  SelectCommand command;
  command.read_only = read_only;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto name = decoder.mailbox();
  if (!name) return std::unexpected(name.error());
  command.name = std::move(*name);
  if (decoder.accept(' ')) {
    if (auto ok = decoder.expect('('); !ok) return std::unexpected(ok.error());
    if (!decoder.accept_word("CONDSTORE", Capability::condstore))
      return decoder.fail("unknown SELECT parameter");
    command.condstore = true;
    if (auto ok = decoder.expect(')'); !ok) return std::unexpected(ok.error());
  }
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

struct Selected {
  std::unique_ptr<MailboxView> view;
  std::uint32_t first_unseen = 0;  // sequence number; 0 where all are seen
};

// The first message without \Seen. The rows are read up to it only.
std::uint32_t first_unseen(store::Account& account, const MailboxView& view) {
  if (view.info().unseen == 0) return 0;
  const auto uid = account.first_unseen(view.id());
  return uid ? view.uids().sequence_of(*uid) : 0;
}

// RFC 4314 5.2: whether a user with these rights has more than reading.
bool changes_something(Rights rights) {
  return (rights & (right::keep_seen | right::write | right::insert | right::mark_deleted |
                    right::expunge)) != 0;
}

store::StoreResult<Selected> open(const MailboxAccess& mailboxes, const SelectCommand& command) {
  auto mailbox = mailboxes.find_selectable(command.name, right::read);
  if (!mailbox) return std::unexpected(mailbox.error());
  const auto& account = mailbox->account;
  const bool read_only = command.read_only || !changes_something(mailbox->rights);
  auto snapshot = account->snapshot(mailbox->info.id);
  if (!snapshot) return std::unexpected(snapshot.error());
  const store::Uid next = snapshot->info.uid_next;
  store::Uid first_recent = snapshot->info.first_recent;
  if (!read_only) {
    first_recent = account->claim_recent(mailbox->info.id, next).value_or(first_recent);
  }
  store::UidSet recent;
  if (first_recent < next) recent.add({first_recent.value, next.value - 1});
  Selected selected;
  selected.view =
      std::make_unique<MailboxView>(account, std::move(*snapshot), read_only, std::move(recent),
                                    mailbox->rights, std::move(mailbox->name));
  selected.first_unseen = first_unseen(*account, *selected.view);
  return selected;
}

// RFC 3501 7.1, 7.2.6, 7.3; HIGHESTMODSEQ is RFC 7162 3.1.2.1.
void write_selected(Encoder& out, const Selected& selected) {
  const MailboxView& view = *selected.view;
  view.write_flag_names(out, true);
  out.raw("* ").number(view.uids().size()).raw(" EXISTS\r\n");
  out.raw("* ").number(view.recent_count()).raw(" RECENT\r\n");
  if (selected.first_unseen != 0) {
    out.raw("* OK [UNSEEN ").number(selected.first_unseen).raw("] First unseen message\r\n");
  }
  out.raw("* OK [UIDVALIDITY ").number(view.info().uid_validity).raw("] UIDs are valid\r\n");
  out.raw("* OK [UIDNEXT ").number(view.info().uid_next.value).raw("] Next UID\r\n");
  out.raw("* OK [HIGHESTMODSEQ ").number(view.modseq().value).raw("] Highest mod-sequence\r\n");
}

}  // namespace

Parsed<SelectCommand> parse_select(Decoder& decoder) {
  return parse(decoder, false);
}

Parsed<SelectCommand> parse_examine(Decoder& decoder) {
  return parse(decoder, true);
}

Parsed<UnselectCommand> parse_unselect(Decoder& decoder) {
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return UnselectCommand{};
}

protocol::Awaitable<Reply> handle(Session& session, const SelectCommand& command) {
  // A SELECT that fails leaves nothing selected (RFC 9051 6.3.2).
  session.unselect();
  auto selected = co_await session.blocking([&] { return open(session.mailboxes(), command); });
  if (!selected) co_return Reply::refused(selected.error());
  if (command.condstore) enable_condstore(session);
  write_selected(session.out(), *selected);
  session.select(std::move(selected->view));
  if (command.read_only) co_return Reply::ok("READ-ONLY", "EXAMINE completed");
  if (session.view()->read_only()) co_return Reply::ok("READ-ONLY", "SELECT completed");
  co_return Reply::ok("READ-WRITE", "SELECT completed");
}

protocol::Awaitable<Reply> handle(Session& session, const UnselectCommand&) {
  session.unselect();
  co_return Reply::ok("UNSELECT completed");
}

}  // namespace mailkeep::imap
