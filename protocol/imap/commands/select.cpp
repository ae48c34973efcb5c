#include "protocol/imap/commands/select.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "protocol/imap/commands/fetch.h"
#include "protocol/imap/commands/listing.h"
#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// seq-match-data = "(" known-sequence-set SP known-uid-set ")" (RFC 7162 7)
Parsed<std::pair<SequenceSet, SequenceSet>> parse_matches(Decoder& decoder) {
  if (auto ok = decoder.allow_numbers(); !ok) return std::unexpected(ok.error());  // RFC 9586 3.7
  if (auto ok = decoder.expect('('); !ok) return std::unexpected(ok.error());
  auto numbers = decoder.known_set();
  if (!numbers) return std::unexpected(numbers.error());
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto uids = decoder.known_set();
  if (!uids) return std::unexpected(uids.error());
  if (auto ok = decoder.expect(')'); !ok) return std::unexpected(ok.error());
  return std::pair(std::move(*numbers), std::move(*uids));
}

// "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")" (RFC 7162 7)
Parsed<Resynchronization> parse_qresync(Decoder& decoder) {
  Resynchronization known;
  if (auto ok = decoder.expect('('); !ok) return std::unexpected(ok.error());
  const auto uid_validity = decoder.nz_number();
  if (!uid_validity) return std::unexpected(uid_validity.error());
  known.uid_validity = *uid_validity;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  const auto modseq = decoder.number64();
  if (!modseq) return std::unexpected(modseq.error());
  known.modseq = store::Modseq{*modseq};
  bool more = decoder.accept(' ');
  if (more && decoder.peek() != '(') {
    auto uids = decoder.known_set();
    if (!uids) return std::unexpected(uids.error());
    known.uids = std::move(*uids);
    more = decoder.accept(' ');
  }
  if (more) {
    auto matches = parse_matches(decoder);
    if (!matches) return std::unexpected(matches.error());
    known.matches = std::move(*matches);
  }
  if (auto ok = decoder.expect(')'); !ok) return std::unexpected(ok.error());
  return known;
}

// select-param = condstore-param / "QRESYNC" SP ... (RFC 7162 7)
Parsed<void> parse_parameter(Decoder& decoder, SelectCommand& command) {
  if (decoder.accept_word("CONDSTORE", Capability::condstore)) {
    command.condstore = true;
    return {};
  }
  if (command.qresync || !decoder.accept_word("QRESYNC", Capability::qresync)) {
    return decoder.fail("unknown SELECT parameter");
  }
  if (auto ok = decoder.sp(); !ok) return ok;
  auto known = parse_qresync(decoder);
  if (!known) return std::unexpected(known.error());
  command.qresync = std::move(*known);
  return {};
}

// select = "SELECT" SP mailbox [select-params]; select-params = SP "(" select-param *(SP ...) ")"
// (RFC 4466 2.1)
Parsed<SelectCommand> read_select(Decoder& decoder, bool read_only) {
  SelectCommand command;
  command.read_only = read_only;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto name = decoder.mailbox();
  if (!name) return std::unexpected(name.error());
  command.name = std::move(*name);
  if (decoder.accept(' ')) {
    if (auto ok = decoder.expect('('); !ok) return std::unexpected(ok.error());
    do {
      if (auto ok = parse_parameter(decoder, command); !ok) return std::unexpected(ok.error());
    } while (decoder.accept(' '));
    if (auto ok = decoder.expect(')'); !ok) return std::unexpected(ok.error());
  }
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

struct Selected {
  store::MailboxInfo info;  // as LIST knows it
  std::unique_ptr<MailboxView> view;
  std::uint32_t first_unseen = 0;  // sequence number; 0 where all are seen
  // What the QRESYNC parameter asks for: what is gone, and the flags that changed.
  store::UidSet vanished;
  std::vector<store::FlagRow> changed;
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

// The highest UID up to which the client knows all expunges, as its pairs of numbers and UIDs show
// (RFC 7162 3.2.5.2); 0 where none is right.
std::uint32_t known_up_to(const std::pair<SequenceSet, SequenceSet>& matches,
                          const store::UidMap& uids) {
  store::UidMap numbers;  // by place in their set
  store::UidMap known;
  const store::UidSet all_numbers = matches.first.all_uids(store::Uid{0});
  for (const auto& range : all_numbers.ranges()) numbers.append(range);
  const store::UidSet all_known = matches.second.all_uids(store::Uid{0});
  for (const auto& range : all_known.ranges()) known.append(range);
  // Where one pair is right, all before it are: the place of the last such is found by halves.
  std::uint32_t right = 0;
  std::uint32_t wrong = std::min(numbers.size(), known.size()) + 1;
  while (right + 1 < wrong) {
    const std::uint32_t place = right + (wrong - right) / 2;
    const std::uint32_t number = numbers.uid_of(place).value;
    const bool same = number <= uids.size() && uids.uid_of(number) == known.uid_of(place);
    (same ? right : wrong) = place;
  }
  return right == 0 ? 0 : known.uid_of(right).value;
}

// What the client missed (RFC 7162 3.2.5.1). O(changes).
store::StoreResult<void> resynchronize(const Resynchronization& known, Selected& selected) {
  const MailboxView& view = *selected.view;
  if (known.uid_validity != view.info().uid_validity) return {};
  const store::Uid last{view.info().uid_next.value - 1};
  store::UidSet asked;
  if (known.uids) {
    asked = known.uids->all_uids(last);
  } else if (last.value != 0) {
    asked.add({1, last.value});
  }
  auto changes = view.account().changes_since(view.id(), known.modseq);
  if (!changes) return std::unexpected(changes.error());
  std::erase_if(changes->changed,
                [&](const store::FlagRow& row) { return !asked.contains(row.uid); });
  selected.changed = std::move(changes->changed);
  const std::uint32_t told = known.matches ? known_up_to(*known.matches, view.uids()) : 0;
  if (told != 0) asked = asked.difference(store::UidSet({1, told}));
  auto gone = view.account().expunged_since(view.id(), known.modseq, asked);
  if (!gone) return std::unexpected(gone.error());
  selected.vanished = gone->difference(view.uids().all());
  return {};
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
  selected.info = mailbox->info;
  selected.view =
      std::make_unique<MailboxView>(account, std::move(*snapshot), read_only, std::move(recent),
                                    mailbox->rights, std::move(mailbox->name));
  selected.first_unseen = first_unseen(*account, *selected.view);
  if (command.qresync) {
    if (auto done = resynchronize(*command.qresync, selected); !done) {
      return std::unexpected(done.error());
    }
  }
  return selected;
}

void write_ok(Session& session, const std::string& code, std::string_view text) {
  session.out().raw("* OK [").raw(code).raw("] ");
  session.out().utf8_text(translated(session.language(), text)).crlf();
}

// RFC 3501 7.1, 7.2.6, 7.3; HIGHESTMODSEQ is RFC 7162 3.1.2.1. IMAP4rev2 has neither RECENT nor
// UNSEEN (RFC 9051 E).
void write_selected(Session& session, const Selected& selected) {
  Encoder& out = session.out();
  const bool rev1 = !session.enabled().imap4rev2;
  const MailboxView& view = *selected.view;
  view.write_flag_names(out, true);
  out.raw("* ").number(view.uids().size()).raw(" EXISTS\r\n");
  if (rev1) out.raw("* ").number(view.recent_count()).raw(" RECENT\r\n");
  if (rev1 && selected.first_unseen != 0) {
    write_ok(session, "UNSEEN " + std::to_string(selected.first_unseen), "First unseen message");
  }
  const store::MailboxInfo& info = view.info();
  write_ok(session, "UIDVALIDITY " + std::to_string(info.uid_validity), "UIDs are valid");
  write_ok(session, "UIDNEXT " + std::to_string(info.uid_next.value), "Next UID");
  write_ok(session, "HIGHESTMODSEQ " + std::to_string(view.modseq().value), "Highest mod-sequence");
  if (!rev1) {  // RFC 9051 6.3.2
    out.raw("* LIST (");
    write_mailbox_attributes(out, selected.info, session.grammar().disabled);
    out.raw(") ").string("/").sp().mailbox(view.name()).crlf();
  }
  if (session.allows(Capability::url_auth)) {  // RFC 4467 BASE.7.1
    write_ok(session, "URLMECH INTERNAL", "URLs can be authorized");
  }
  if (session.allows(Capability::object_id)) {  // RFC 8474 4.2
    write_ok(session, "MAILBOXID (" + info.object_id + ")", "Mailbox id");
  }
}

}  // namespace

Parsed<SelectCommand> parse_select(Decoder& decoder) {
  return read_select(decoder, false);
}

Parsed<SelectCommand> parse_examine(Decoder& decoder) {
  return read_select(decoder, true);
}

Parsed<UnselectCommand> parse_unselect(Decoder& decoder) {
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return UnselectCommand{};
}

protocol::Awaitable<Reply> handle(Session& session, const SelectCommand& command) {
  if (command.qresync && !session.enabled().qresync) {
    co_return Reply::bad("QRESYNC needs ENABLE QRESYNC");
  }
  // A SELECT that fails leaves nothing selected (RFC 9051 6.3.2). What comes from here on is of the
  // new mailbox (RFC 7162 3.2.11).
  if (session.view()) write_ok(session, "CLOSED", "Previous mailbox closed");
  session.unselect();
  auto selected = co_await session.blocking([&] { return open(session.mailboxes(), command); });
  if (!selected) co_return Reply::refused(selected.error());
  if (command.condstore) enable_condstore(session);
  write_selected(session, *selected);
  session.select(std::move(selected->view));
  write_vanished_earlier(session.output(), selected->vanished);
  for (const store::FlagRow& row : selected->changed) {
    session.view()->write_flags(session.out(), row, true, true);
    const bool connected = co_await session.flush_if_large();
    if (!connected) co_return Reply::end();
  }
  if (command.read_only) co_return Reply::ok("READ-ONLY", "EXAMINE completed");
  if (session.view()->read_only()) co_return Reply::ok("READ-ONLY", "SELECT completed");
  co_return Reply::ok("READ-WRITE", "SELECT completed");
}

protocol::Awaitable<Reply> handle(Session& session, const UnselectCommand&) {
  session.unselect();
  co_return Reply::ok("UNSELECT completed");
}

}  // namespace mailkeep::imap
