#include "protocol/imap/commands/append.h"

#include <utility>
#include <vector>

#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// Octets gathered before they are handed to the store: a usual message goes there in one piece.
constexpr std::size_t kPieceBytes = 256 * 1024;

// append = "APPEND" SP mailbox SP [flag-list SP] [date-time SP] literal (RFC 3501 9)
Parsed<AppendStart> parse_arguments(Decoder& decoder) {
  AppendStart start;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto mailbox = decoder.mailbox();
  if (!mailbox) return std::unexpected(mailbox.error());
  start.mailbox = std::move(*mailbox);
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  if (decoder.peek() == '(') {
    auto flags = decoder.flag_list();
    if (!flags) return std::unexpected(flags.error());
    start.flags = std::move(*flags);
    if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  }
  if (decoder.peek() == '"') {
    auto date = decoder.date_time();
    if (!date) return std::unexpected(date.error());
    start.date = *date;
    if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  }
  return start;
}

// Whether what is left is the header of the literal that the command waits for: "{n}", "{n+}" or
// "~{n}" and CRLF.
bool at_last_literal(std::string_view rest) {
  if (rest.starts_with('~')) rest.remove_prefix(1);
  return rest.starts_with('{') && rest.find('\n') == rest.size() - 1;
}

// What stands in the way of this APPEND, asked before its octets are let in.
store::StoreResult<void> check_destination(store::Account& account, const std::string& name) {
  auto mailbox = account.mailbox(name);
  if (!mailbox) return std::unexpected(mailbox.error());
  if (!mailbox->selectable) return std::unexpected(store::StoreError::mailbox_not_selectable);
  return {};
}

// Reads the literal into `upload`, all but the last piece, which is left in `piece` so that it can
// be written and stored in one go. False: the connection ended.
protocol::Awaitable<bool> receive(Session& session, store::MessageUpload& upload,
                                  std::string& piece) {
  CommandReader& reader = session.reader();
  for (;;) {
    piece += reader.take();
    if (reader.left_to_stream() == 0) co_return true;
    if (piece.size() >= kPieceBytes) {
      co_await session.blocking([&] { upload.write(piece); });
      piece.clear();
    }
    const auto status = co_await session.read_input();
    if (status != protocol::ReadStatus::data) {
      session.reply_to_end_of_input(status);
      co_return false;
    }
  }
}

// The end of the command after its literal: nothing but CRLF. False: the connection ended.
protocol::Awaitable<std::optional<Reply>> receive_end(Session& session) {
  for (;;) {
    const ReaderEvent event = session.reader().next();
    if (const auto* command = std::get_if<CommandText>(&event)) {
      if (command->text.ends_with("\n")) co_return std::nullopt;
      co_return Reply::bad("Expected the end of APPEND after its message");
    }
    if (!std::holds_alternative<NeedMore>(event)) {
      if (const auto* literal = std::get_if<NeedLiteral>(&event)) {
        session.reader().refuse(literal->octets, literal->synchronizing);
      }
      co_return Reply::bad("Expected the end of APPEND after its message");
    }
    const auto status = co_await session.read_input();
    if (status != protocol::ReadStatus::data) co_return session.reply_to_end_of_input(status);
  }
}

std::string appenduid(const store::AppendResult& result) {
  std::string code = "APPENDUID ";
  Encoder(code).number(result.uid_validity).sp().uid_set(result.uids);
  return code;
}

}  // namespace

Parsed<AppendCommand> parse_append(Decoder& decoder) {
  auto start = parse_arguments(decoder);
  if (!start) return std::unexpected(start.error());
  return decoder.fail("expected the message as a literal");
}

protocol::Awaitable<Reply> handle(Session&, const AppendCommand&) {
  co_return Reply::bad("Expected the message as a literal");
}

std::optional<Parsed<AppendStart>> parse_append_start(std::string_view text,
                                                      const Grammar& grammar) {
  Decoder decoder(text, grammar);
  const auto tag = decoder.tag();
  if (!tag || !decoder.accept(' ') || !decoder.accept_word("APPEND")) return std::nullopt;
  // A mailbox name that is a literal itself is gathered like any other argument.
  if (decoder.peek() == ' ' && at_last_literal(decoder.rest().substr(1))) return std::nullopt;
  auto start = parse_arguments(decoder);
  if (!start) return start;
  if (!at_last_literal(decoder.rest())) return decoder.fail("expected the message as a literal");
  start->tag = *tag;
  return start;
}

protocol::Awaitable<Reply> handle_append(Session& session, AppendStart start, NeedLiteral literal) {
  CommandReader& reader = session.reader();
  store::Account& account = session.account();
  const auto allowed =
      co_await session.blocking([&] { return check_destination(account, start.mailbox); });
  if (!allowed || literal.octets > session.settings().max_message_bytes || literal.octets == 0) {
    reader.refuse(literal.octets, literal.synchronizing);
    if (!allowed) co_return Reply::refused_destination(allowed.error());
    if (literal.octets == 0) co_return Reply::no("An empty message cannot be appended");
    co_return Reply::refused(store::StoreError::message_too_big);
  }
  reader.stream(literal.octets);
  if (literal.synchronizing) {
    session.out().raw("+ Ready for literal data\r\n");
    if (!co_await session.flush()) co_return Reply::end();
  }
  std::vector<store::NewMessage> messages;
  messages.push_back(
      {account.begin_upload(), std::move(start.flags), start.date.value_or(session.now())});
  std::string piece;
  if (!co_await receive(session, messages[0].upload, piece)) co_return Reply::end();
  if (auto refused = co_await receive_end(session)) co_return std::move(*refused);
  auto result = co_await session.blocking([&] {
    messages[0].upload.write(piece);
    return account.append(start.mailbox, std::move(messages));
  });
  if (!result) co_return Reply::refused_destination(result.error());
  co_return Reply::ok(appenduid(*result), "APPEND completed");
}

}  // namespace mailkeep::imap
