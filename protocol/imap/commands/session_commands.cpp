#include "protocol/imap/commands/session_commands.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/capability.h"
#include "protocol/imap/commands/notify.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

constexpr std::size_t kMaxIdFields = 30;  // RFC 2971 3.3

template <class Command>
Parsed<Command> parse_without_arguments(Decoder& decoder) {
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return Command{};
}

// string SP nstring (RFC 2971 4 id_params_list)
Parsed<std::pair<std::string, std::string>> parse_id_field(Decoder& decoder) {
  auto name = decoder.string();
  if (!name) return std::unexpected(name.error());
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  auto value = decoder.nstring();
  if (!value) return std::unexpected(value.error());
  return std::pair(std::move(*name), std::move(*value).value_or(""));
}

}  // namespace

bool enable_condstore(Session& session) {
  if (session.enabled().condstore) return false;
  session.enabled().condstore = true;
  const MailboxView* view = session.view();
  if (!view) return true;
  session.out().raw("* OK [HIGHESTMODSEQ ").number(view->modseq().value).raw("] ");
  session.out().utf8_text(translated(session.language(), "Highest mod-sequence")).crlf();
  return true;
}

bool enable_qresync(Session& session) {
  if (std::exchange(session.enabled().qresync, true)) return false;
  enable_condstore(session);
  return true;
}

bool enable_uid_only(Session& session) {
  session.grammar().uid_only = true;
  return !std::exchange(session.enabled().uid_only, true);
}

bool enable_utf8(Session& session) {
  session.grammar().utf8 = true;
  session.out().set_utf8(true);
  return !std::exchange(session.enabled().utf8, true);
}

bool enable_imap4rev2(Session& session) {
  session.grammar().utf8 = true;
  session.out().set_utf8(true);
  return !std::exchange(session.enabled().imap4rev2, true);
}

bool enable_metadata(Session& session) {
  return !std::exchange(session.enabled().metadata, true);
}

bool enable_metadata_server(Session& session) {
  return !std::exchange(session.enabled().metadata_server, true);
}

Parsed<CapabilityCommand> parse_capability(Decoder& decoder) {
  return parse_without_arguments<CapabilityCommand>(decoder);
}

Parsed<NoopCommand> parse_noop(Decoder& decoder) {
  return parse_without_arguments<NoopCommand>(decoder);
}

Parsed<LogoutCommand> parse_logout(Decoder& decoder) {
  return parse_without_arguments<LogoutCommand>(decoder);
}

Parsed<CheckCommand> parse_check(Decoder& decoder) {
  return parse_without_arguments<CheckCommand>(decoder);
}

// RFC 2971 4: id = "ID" SP id_params_list; id_params_list = "(" #(string SP nstring) ")" / nil.
// Fields beyond the limit are read and forgotten: they are for the log only.
Parsed<IdCommand> parse_id(Decoder& decoder) {
  IdCommand command;
  if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
  if (!decoder.accept_word("NIL")) {
    if (auto open = decoder.expect('('); !open) return std::unexpected(open.error());
    while (!decoder.accept(')')) {
      auto field = parse_id_field(decoder);
      if (!field) return std::unexpected(field.error());
      if (command.fields.size() < kMaxIdFields) command.fields.push_back(std::move(*field));
      if (decoder.peek() != ')') {
        if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
      }
    }
  }
  if (auto end = decoder.end(); !end) return std::unexpected(end.error());
  return command;
}

// RFC 5161 4: capability *(SP capability).
Parsed<EnableCommand> parse_enable(Decoder& decoder) {
  EnableCommand command;
  do {
    if (auto space = decoder.sp(); !space) return std::unexpected(space.error());
    const auto name = decoder.atom();
    if (!name) return std::unexpected(name.error());
    std::string upper(*name);
    std::ranges::transform(upper, upper.begin(), ascii_upper);
    command.capabilities.push_back(std::move(upper));
  } while (!decoder.at_end());
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const CapabilityCommand&) {
  session.out().raw("* CAPABILITY ").raw(capabilities(session)).crlf();
  co_return Reply::ok("CAPABILITY completed");
}

protocol::Awaitable<Reply> handle(Session&, const NoopCommand&) {
  co_return Reply::ok("NOOP completed");
}

protocol::Awaitable<Reply> handle(Session& session, const LogoutCommand&) {
  session.out().raw("* BYE ").utf8_text(translated(session.language(), "Logging out")).crlf();
  Reply reply = Reply::ok("LOGOUT completed");
  reply.after = Reply::After::end;
  co_return reply;
}

protocol::Awaitable<Reply> handle(Session&, const CheckCommand&) {
  co_return Reply::ok("CHECK completed");
}

protocol::Awaitable<Reply> handle(Session& session, const IdCommand&) {
  const std::string& version = session.settings().version;
  Encoder& out = session.out();
  out.raw("* ID (").string("name").sp().string("Mailkeep");
  if (!version.empty()) out.sp().string("version").sp().string(version);
  out.sp().string("vendor").sp().string("Mailkeep").raw(")").crlf();
  co_return Reply::ok("ID completed");
}

// RFC 5161 3.1: what is not known is passed over; only what is new is listed.
protocol::Awaitable<Reply> handle(Session& session, const EnableCommand& command) {
  const auto before = std::pair(session.enabled().metadata, session.enabled().metadata_server);
  std::string enabled;
  for (const std::string& name : command.capabilities) {
    const CapabilityEntry* entry = find_enableable(session, name);
    if (!entry || !entry->enable(session)) continue;
    enabled += ' ';
    enabled += entry->name;
  }
  session.out().raw("* ENABLED").raw(enabled).crlf();
  const auto after = std::pair(session.enabled().metadata, session.enabled().metadata_server);
  if (before != after) {
    co_await session.tell_notifications(false);  // what was seen until now
    const auto watched = co_await watch_for(session, session.notify_request(), false);
    if (!watched) co_return Reply::refused(watched.error());
  }
  co_return Reply::ok("ENABLE completed");
}

}  // namespace mailkeep::imap
