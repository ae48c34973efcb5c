#include "protocol/imap/commands/fetch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/fetch/decoded_octets.h"
#include "protocol/imap/fetch/fetch_batches.h"
#include "protocol/imap/fetch/section_reader.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// Octets of a large literal that are read and written at a time.
constexpr std::uint64_t kPieceOctets = 256 * 1024;

// [SP "(" "CHANGEDSINCE" SP mod-sequence-value ")"] (RFC 7162 7)
Parsed<void> parse_modifiers(Decoder& decoder, FetchCommand& command) {
  if (!decoder.accept(' ')) return {};
  if (auto ok = decoder.expect('('); !ok) return ok;
  if (!decoder.accept_word("CHANGEDSINCE", Capability::condstore))
    return decoder.fail("unknown FETCH modifier");
  if (auto ok = decoder.sp(); !ok) return ok;
  const auto modseq = decoder.number64();
  if (!modseq) return std::unexpected(modseq.error());
  command.changed_since = store::Modseq{*modseq};
  command.items.modseq = true;
  return decoder.expect(')');
}

// fetch = "FETCH" SP sequence-set SP (macro / fetch-att / "(" fetch-att *(SP fetch-att) ")")
Parsed<FetchCommand> parse(Decoder& decoder, bool by_uid) {
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
  auto cursor = session.view()->account().messages(
      session.view()->id(), store::UidSet({uid.value, uid.value}), store::Detail::row);
  if (cursor && (*cursor)->next()) (*cursor)->read(piece.begin, piece.size(), out);
  if (out.size() - start != piece.size()) {
    session.report_message_failure(uid, "content vanished while it was fetched");
    out.resize(start + piece.size(), ' ');
  }
  hide_nuls(out, start);
}

// Appends the next piece of what a part decodes to, as far as it was asked for. `at`: how much was
// decoded before. False: there is no more.
bool decode_piece(Session& session, store::Uid uid, DecodedOctets& octets,
                  const LargeLiteral::Decoded& wanted, std::uint64_t& at) {
  auto cursor = session.view()->account().messages(
      session.view()->id(), store::UidSet({uid.value, uid.value}), store::Detail::row);
  std::string piece;
  if (!cursor || !(*cursor)->next() || !octets.next(**cursor, piece)) return false;
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
  for (std::uint64_t at = literal.octets.begin; at < literal.octets.end; at += kPieceOctets) {
    const OctetRange piece{at, std::min(literal.octets.end, at + kPieceOctets)};
    const bool connected =
        co_await session.flush_during([&] { read_piece(session, uid, piece, session.output()); });
    if (!connected) co_return false;
  }
  co_return true;
}

}  // namespace

Parsed<FetchCommand> parse_fetch(Decoder& decoder) {
  return parse(decoder, false);
}
Parsed<FetchCommand> parse_uid_fetch(Decoder& decoder) {
  return parse(decoder, true);
}

protocol::Awaitable<Reply> handle(Session& session, const FetchCommand& command) {
  MailboxView& view = *session.view();
  auto uids = view.resolve(command.set, command.by_uid);
  if (!uids) co_return Reply::bad("No message with such a sequence number");
  if (command.items.modseq) enable_condstore(session);
  if (command.changed_since) {
    auto changes = co_await session.blocking(
        [&] { return view.account().changes_since(view.id(), *command.changed_since); });
    if (!changes) co_return Reply::refused(changes.error());
    store::UidSet changed;
    for (const auto& row : changes->changed) changed.add(row.uid);
    uids = uids->intersection(changed);
  }
  FetchBatches batches(view, command.items, std::move(*uids),
                       [&session](store::Uid uid, std::string_view what) {
                         session.report_message_failure(uid, what);
                       });
  while (!batches.done()) {
    std::vector<LargeLiteral> large;
    store::StoreResult<void> rendered;
    const bool connected =
        co_await session.flush_during([&] { rendered = batches.next(session.output(), large); });
    if (!connected) co_return Reply::end();
    if (!rendered) co_return Reply::refused(rendered.error());
    std::string rest;  // of the response, after its large literals
    if (!large.empty()) rest.swap(session.output());
    for (const LargeLiteral& literal : large) {
      if (!co_await write_large(session, batches.large_uid(), literal)) co_return Reply::end();
    }
    session.out().raw(rest);
  }
  if (batches.met_unknown_encoding()) {
    co_return Reply::no("UNKNOWN-CTE", "A part has a transfer encoding that is not known");
  }
  co_return Reply::ok(command.by_uid ? "UID FETCH completed" : "FETCH completed");
}

}  // namespace mailkeep::imap
