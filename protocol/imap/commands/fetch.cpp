#include "protocol/imap/commands/fetch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/fetch/decoded_octets.h"
#include "protocol/imap/fetch/fetch_batches.h"
#include "protocol/imap/fetch/section_reader.h"
#include "protocol/imap/message_limit.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// Octets of a large literal that are read and written at a time.
constexpr std::uint64_t kBodyPieceOctets = 256 * 1024;

// chgsince-fetch-mod / rexpunges-fetch-mod (RFC 7162 7) / modifier-partial (RFC 9394 4)
Parsed<void> parse_modifier(Decoder& decoder, FetchCommand& command) {
  if (!command.changed_since && decoder.accept_word("CHANGEDSINCE", Capability::condstore)) {
    if (auto ok = decoder.sp(); !ok) return ok;
    const auto modseq = decoder.number64();
    if (!modseq) return std::unexpected(modseq.error());
    command.changed_since = store::Modseq{*modseq};
    command.items.modseq = true;
    return {};
  }
  if (command.by_uid && !command.vanished && decoder.accept_word("VANISHED", Capability::qresync)) {
    command.vanished = true;
    return {};
  }
  if (command.by_uid && !command.partial && decoder.accept_word("PARTIAL", Capability::partial)) {
    if (auto ok = decoder.sp(); !ok) return ok;
    const auto range = decoder.place_range();
    if (!range) return std::unexpected(range.error());
    command.partial = *range;
    return {};
  }
  return decoder.fail("unknown FETCH modifier");
}

// [SP "(" fetch-modifier *(SP fetch-modifier) ")"] (RFC 4466 2.4)
Parsed<void> parse_modifiers(Decoder& decoder, FetchCommand& command) {
  const std::size_t begin = decoder.position();
  if (!decoder.accept(' ')) return {};
  if (auto ok = decoder.expect('('); !ok) return ok;
  do {
    if (auto ok = parse_modifier(decoder, command); !ok) return ok;
  } while (decoder.accept(' '));
  if (auto ok = decoder.expect(')'); !ok) return ok;
  if (command.vanished && !command.changed_since) {
    return std::unexpected(SyntaxError{begin, "VANISHED needs CHANGEDSINCE"});
  }
  return {};
}

// fetch = "FETCH" SP sequence-set SP (macro / fetch-att / "(" fetch-att *(SP fetch-att) ")")
Parsed<FetchCommand> read_fetch(Decoder& decoder, bool by_uid) {
  FetchCommand command;
  command.by_uid = by_uid;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto set = decoder.sequence_set();
  if (!set) return std::unexpected(set.error());
  command.set = std::move(*set);
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto items = parse_fetch_items(decoder);
  if (!items) return std::unexpected(items.error());
  command.items = std::move(*items);
  // A UID FETCH tells the UID whether or not it was asked for (RFC 9051 6.4.9).
  if (by_uid) command.items.uid = true;
  if (auto ok = parse_modifiers(decoder, command); !ok) return std::unexpected(ok.error());
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

// Appends octets [offset, offset + length) of a message as a literal carries them. Where they
// cannot be read any more, the announced length is kept: spaces stand for them.
void read_piece(Session& session, store::Uid uid, OctetRange piece, std::string& out) {
  const std::size_t start = out.size();
  const bool tried = session.attempt_read(uid, [&] {
    auto cursor = session.view()->account().messages(
        session.view()->id(), store::UidSet({uid.value, uid.value}), store::Detail::row);
    if (cursor && (*cursor)->next()) (*cursor)->read(piece.begin, piece.size(), out);
  });
  if (out.size() - start != piece.size()) {
    if (tried) session.report_message_failure(uid, "content vanished while it was fetched");
    out.resize(start + piece.size(), ' ');
  }
  hide_nuls(out, start);
}

// Appends the next piece of what a part decodes to, as far as it was asked for. `at`: how much was
// decoded before. False: there is no more.
bool decode_piece(Session& session, store::Uid uid, DecodedOctets& octets,
                  const LargeLiteral::Decoded& wanted, std::uint64_t& at) {
  std::string piece;
  bool more = false;
  session.attempt_read(uid, [&] {
    auto cursor = session.view()->account().messages(
        session.view()->id(), store::UidSet({uid.value, uid.value}), store::Detail::row);
    more = cursor && (*cursor)->next() && octets.next(**cursor, piece);
  });
  if (!more) return false;
  const OctetRange kept =
      overlap({at, at + piece.size()}, {wanted.skip, wanted.skip + wanted.take});
  session.output().append(piece, kept.begin - at, kept.size());
  at += piece.size();
  return true;
}

// A large literal of decoded octets. Where they cannot be read any more, the announced length is
// kept: spaces stand for them.
protocol::Awaitable<bool> write_decoded(Session& session, store::Uid uid,
                                        const LargeLiteral& literal) {
  const LargeLiteral::Decoded& wanted = *literal.decoded;
  DecodedOctets octets(wanted.encoding, literal.octets);
  const std::uint64_t end = wanted.skip + wanted.take;
  std::uint64_t at = 0;
  bool more = true;
  while (more && at < end) {
    const bool connected = co_await session.flush_during(
        [&] { more = decode_piece(session, uid, octets, wanted, at); });
    if (!connected) co_return false;
  }
  if (at < end) {
    session.report_message_failure(uid, "content vanished while it was fetched");
    session.output().append(end - std::max(at, wanted.skip), ' ');
  }
  co_return true;
}

protocol::Awaitable<bool> write_large(Session& session, store::Uid uid,
                                      const LargeLiteral& literal) {
  session.out().raw(literal.text);
  if (literal.decoded) co_return co_await write_decoded(session, uid, literal);
  for (std::uint64_t at = literal.octets.begin; at < literal.octets.end; at += kBodyPieceOctets) {
    const OctetRange piece{at, std::min(literal.octets.end, at + kBodyPieceOctets)};
    const bool connected =
        co_await session.flush_during([&] { read_piece(session, uid, piece, session.output()); });
    if (!connected) co_return false;
  }
  co_return true;
}

// The messages of a UID set that a range of places means (RFC 9394 3.3).
store::UidSet part_of(const store::UidSet& uids, const PlaceRange& range) {
  store::UidMap map;
  for (const auto& part : uids.ranges()) map.append(part);
  const auto places = range.places(map.size());
  if (!places) return {};
  return map.uids_of(places->first, places->second);
}

// Leaves in `uids` what has changed, and tells what of the command's set is gone and was not told
// of as EXPUNGE or VANISHED (RFC 7162 3.2.6).
store::StoreResult<void> narrow(const MailboxView& view, const FetchCommand& command,
                                store::UidSet& uids, std::string& out) {
  const auto changes = view.account().changes_since(view.id(), *command.changed_since);
  if (!changes) return std::unexpected(changes.error());
  store::UidSet changed;
  for (const auto& row : changes->changed) changed.add(row.uid);
  uids = uids.intersection(changed);
  if (!command.vanished) return {};
  const store::UidSet asked = command.set.all_uids(store::Uid{view.info().uid_next.value - 1});
  const auto gone = view.account().expunged_since(view.id(), *command.changed_since, asked);
  if (!gone) return std::unexpected(gone.error());
  write_vanished_earlier(out, gone->difference(view.uids().all()));
  return {};
}

}  // namespace

void write_vanished_earlier(std::string& out, const store::UidSet& uids) {
  if (uids.empty()) return;
  Encoder(out).raw("* VANISHED (EARLIER) ").uid_set(uids).crlf();
}

protocol::Awaitable<std::expected<void, Reply>> send_messages(Session& session,
                                                              const FetchItems& items,
                                                              store::UidSet uids) {
  FetchBatches batches(*session.view(), items, std::move(uids),
                       [&session](store::Uid uid, std::string_view what) {
                         session.report_message_failure(uid, what);
                       });
  while (!batches.done()) {
    std::vector<LargeLiteral> large;
    store::StoreResult<void> rendered;
    const bool connected =
        co_await session.flush_during([&] { rendered = batches.next(session.output(), large); });
    if (!connected) co_return std::unexpected(Reply::end());
    if (!rendered) co_return std::unexpected(Reply::refused(rendered.error()));
    std::string rest;  // of the response, after its large literals
    if (!large.empty()) rest.swap(session.output());
    for (const LargeLiteral& literal : large) {
      if (!co_await write_large(session, batches.large_uid(), literal))
        co_return std::unexpected(Reply::end());
    }
    session.out().raw(rest);
  }
  if (batches.met_unknown_encoding()) {
    co_return std::unexpected(
        Reply::no("UNKNOWN-CTE", "A part has a transfer encoding that is not known"));
  }
  co_return std::expected<void, Reply>{};
}

Parsed<FetchCommand> parse_fetch(Decoder& decoder) {
  return read_fetch(decoder, false);
}
Parsed<FetchCommand> parse_uid_fetch(Decoder& decoder) {
  return read_fetch(decoder, true);
}

protocol::Awaitable<Reply> handle(Session& session, const FetchCommand& command) {
  MailboxView& view = *session.view();
  auto uids = view.resolve(command.set, command.by_uid);
  if (!uids) co_return Reply::bad("No message with such a sequence number");
  if (command.vanished && !session.enabled().qresync) {
    co_return Reply::bad("VANISHED needs ENABLE QRESYNC");
  }
  if (command.items.modseq) enable_condstore(session);
  if (command.partial) uids = part_of(*uids, *command.partial);
  std::string limited = limit_messages(session.settings(), *uids);
  // A range that is too large is refused as a whole (RFC 9738 3.1).
  if (!limited.empty() && command.partial) {
    co_return Reply::no(limit_code(session.settings().message_limit),
                        "The range has too many messages");
  }
  if (command.changed_since) {
    const auto narrowed =
        co_await session.blocking([&] { return narrow(view, command, *uids, session.output()); });
    if (!narrowed) co_return Reply::refused(narrowed.error());
  }
  auto sent = co_await send_messages(session, command.items, std::move(*uids));
  if (!sent) co_return std::move(sent.error());
  co_return Reply::ok(std::move(limited),
                      command.by_uid ? "UID FETCH completed" : "FETCH completed");
}

}  // namespace mailkeep::imap
