#include "protocol/imap/commands/store.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/message_limit.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

// [SP "(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")"] (RFC 7162 7)
Parsed<std::optional<store::Modseq>> parse_modifier(Decoder& decoder) {
  std::optional<store::Modseq> unchanged_since;
  if (!decoder.accept('(')) return unchanged_since;
  if (!decoder.accept_word("UNCHANGEDSINCE", Capability::condstore))
    return decoder.fail("unknown STORE modifier");
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto modseq = decoder.number64();
  if (!modseq) return std::unexpected(modseq.error());
  unchanged_since = store::Modseq{*modseq};
  if (auto ok = decoder.expect(')'); !ok) return std::unexpected(ok.error());
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  return unchanged_since;
}

// store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
Parsed<void> parse_att_flags(Decoder& decoder, StoreCommand& command) {
  if (decoder.accept('+')) {
    command.operation = store::FlagOperation::add;
  } else if (decoder.accept('-')) {
    command.operation = store::FlagOperation::remove;
  }
  if (decoder.accept_word("FLAGS.SILENT")) {
    command.silent = true;
  } else if (!decoder.accept_word("FLAGS")) {
    return decoder.fail("expected FLAGS or FLAGS.SILENT");
  }
  if (auto ok = decoder.sp(); !ok) return ok;
  auto flags = decoder.flags();
  if (!flags) return std::unexpected(flags.error());
  command.flags = std::move(*flags);
  return decoder.end();
}

// store = "STORE" SP sequence-set [store-modifiers] SP store-att-flags
Parsed<StoreCommand> read_store(Decoder& decoder, bool by_uid) {
  StoreCommand command;
  command.by_uid = by_uid;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto set = decoder.sequence_set();
  if (!set) return std::unexpected(set.error());
  command.set = std::move(*set);
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto unchanged_since = parse_modifier(decoder);
  if (!unchanged_since) return std::unexpected(unchanged_since.error());
  command.unchanged_since = *unchanged_since;
  if (auto ok = parse_att_flags(decoder, command); !ok) return std::unexpected(ok.error());
  return command;
}

// MODIFIED lists what UNCHANGEDSINCE refused, in the numbers of the command (RFC 7162 3.1.3).
std::string modified_code(const MailboxView& view, const StoreCommand& command,
                          const store::UidSet& modified) {
  std::string code = "MODIFIED ";
  Encoder out(code);
  if (command.by_uid) {
    out.uid_set(modified);
    return code;
  }
  const store::UidSet known = view.uids().intersection(modified);
  store::UidSet sequences;  // of sequence numbers here: the form on the wire is the same
  for (const auto& range : known.ranges()) {
    for (std::uint32_t uid = range.first; uid <= range.last; ++uid) {
      sequences.add(store::Uid{view.uids().sequence_of(store::Uid{uid})});
    }
  }
  out.uid_set(sequences);
  return code;
}

// The untagged FETCH responses of one STORE. With CONDSTORE a silent one still tells the new
// mod-sequences (RFC 7162 3.1.3).
void write_changed(const MailboxView& view, const StoreCommand& command, bool condstore,
                   const store::FlagChangeResult& result, Encoder& out) {
  const bool with_modseq = condstore || command.unchanged_since.has_value();
  if (command.silent && !with_modseq) return;
  for (const auto& row : result.messages) {
    if (!command.silent) {
      view.write_flags(out, row, command.by_uid || condstore, with_modseq);
      continue;
    }
    if (row.modseq != result.modseq || !view.begin_fetch(out, row.uid)) continue;
    out.raw("UID ").number(row.uid.value);
    out.raw(" MODSEQ (").number(row.modseq.value).raw("))\r\n");
  }
}

StoreOutcome outcome_of(MailboxView& view, const StoreCommand& command, bool condstore,
                        const store::StoreResult<store::FlagChangeResult>& result) {
  StoreOutcome outcome;
  if (!result) {
    outcome.reply = Reply::refused(result.error());
    return outcome;
  }
  Encoder out(outcome.untagged);
  view.learn_keywords(out, result->keywords);
  write_changed(view, command, condstore, *result, out);
  view.own_flag_change(*result);
  const std::string name = command.by_uid ? "UID STORE" : "STORE";
  if (result->modified.empty()) {
    outcome.reply = Reply::ok(name + " completed");
  } else {
    outcome.reply = Reply::ok(modified_code(view, command, result->modified),
                              name + " completed for the others");
  }
  return outcome;
}

// A STORE that replaces all flags, by a user who may change some: these are set and cleared, both
// in one step, so that UNCHANGEDSINCE is of both.
store::FlagChange replacing_change(const MailboxView& view, const StoreCommand& command,
                                   const store::UidSet& uids) {
  store::FlagChange change{uids, store::FlagOperation::add,
                           permitted_flags(command.flags, view.rights()), command.unchanged_since};
  change.cleared.system =
      permitted_bits(view.rights()) & store::flag::system & ~command.flags.system;
  if (view.may(right::write)) {
    for (const std::string& keyword : view.keywords()) {
      const bool kept = std::ranges::any_of(command.flags.keywords, [&](const std::string& one) {
        return equal_ignoring_case(one, keyword);
      });
      if (!kept) change.cleared.keywords.push_back(keyword);
    }
  }
  return change;
}

// What of a STORE the user may do (RFC 4314 4); nothing where that is none of it.
std::optional<store::FlagChange> permitted_change(const MailboxView& view,
                                                  const StoreCommand& command,
                                                  const store::UidSet& uids) {
  const bool may_all = view.may(right::keep_seen | right::write | right::mark_deleted);
  const bool replaces = command.operation == store::FlagOperation::replace;
  if (!may_all && permitted_bits(view.rights()) == 0) return std::nullopt;
  if (!may_all && replaces) return replacing_change(view, command, uids);
  store::FlagChange change{uids, command.operation, permitted_flags(command.flags, view.rights()),
                           command.unchanged_since};
  const bool asks = command.flags.system != 0 || !command.flags.keywords.empty();
  const bool may = change.flags.system != 0 || !change.flags.keywords.empty();
  if (asks && !may) return std::nullopt;
  return change;
}

}  // namespace

Parsed<StoreCommand> parse_store(Decoder& decoder) {
  return read_store(decoder, false);
}
Parsed<StoreCommand> parse_uid_store(Decoder& decoder) {
  return read_store(decoder, true);
}

protocol::Awaitable<std::vector<StoreOutcome>> handle_stores(
    Session& session, std::span<const StoreCommand* const> commands) {
  MailboxView& view = *session.view();
  std::vector<StoreOutcome> outcomes(commands.size());
  std::vector<std::string> limits(commands.size());  // codes of those that had too many messages
  std::vector<store::FlagChange> changes;
  std::vector<std::size_t> places;  // of `changes` in `outcomes`
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const StoreCommand& command = *commands[i];
    if (view.read_only()) {
      outcomes[i].reply = Reply::no("READ-ONLY", "Mailbox is read-only");
      continue;
    }
    auto uids = view.resolve(command.set, command.by_uid);
    if (!uids) {
      outcomes[i].reply = Reply::bad("No message with such a sequence number");
      continue;
    }
    if (command.unchanged_since) enable_condstore(session);
    limits[i] = limit_messages(session.settings(), *uids);
    auto allowed = permitted_change(view, command, *uids);
    if (!allowed) {
      outcomes[i].reply = Reply::refused(store::StoreError::no_permission);
      continue;
    }
    changes.push_back(*std::move(allowed));
    places.push_back(i);
  }
  if (changes.empty()) co_return outcomes;
  const bool condstore = session.enabled().condstore;
  co_await session.blocking([&] {
    const auto results = view.account().change_flags(view.id(), changes);
    for (std::size_t k = 0; k < places.size(); ++k) {
      StoreOutcome& outcome = outcomes[places[k]];
      outcome = outcome_of(view, *commands[places[k]], condstore, results[k]);
      const std::string& limit = limits[places[k]];
      if (limit.empty() || outcome.reply.kind != Reply::Kind::ok) continue;
      if (outcome.reply.code.empty()) {
        outcome.reply.code = limit;
      } else {
        outcome.untagged += "* NO [" + limit + "] ";
        Encoder(outcome.untagged).utf8_text(translated(session.language(), "Not all")).crlf();
      }
    }
  });
  co_return outcomes;
}

protocol::Awaitable<Reply> handle(Session& session, const StoreCommand& command) {
  const StoreCommand* const commands[] = {&command};
  auto outcomes = co_await handle_stores(session, commands);
  session.out().raw(outcomes[0].untagged);
  co_return std::move(outcomes[0].reply);
}

}  // namespace mailkeep::imap
