#include "protocol/imap/commands/appending.h"

#include <utility>

#include "protocol/imap/message_limit.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/imap_url.h"

namespace mailkeep::imap {
namespace {

// Octets gathered before they are handed to the store: a usual message goes there in one piece.
constexpr std::size_t kAppendPieceBytes = 256 * 1024;

std::string appenduid(const store::AppendResult& result) {
  std::string code = "APPENDUID ";
  Encoder(code).number(result.uid_validity).sp().uid_set(result.uids);
  return code;
}

// badurl-response-code = "BADURL" SP url-resp-text (RFC 4469 5). One text whatever is wrong: it
// tells nothing of the mail of others.
Reply bad_url(const std::string& url) {
  std::string code = "BADURL ";
  for (const char c : url) {
    const bool fits = c > ' ' && c < 0x7f && c != ']' && c != '\\';
    code += fits ? c : '?';
  }
  return Reply::no(std::move(code), "No such message");
}

// Ranges are an extension of their own (RFC 5550 5.7.1).
bool may_use(const Session& session, const std::string& url) {
  const auto parsed = parse_message_url(url);
  return parsed && (!parsed->partial || session.allows(Capability::url_partial));
}

Reply empty_message() {
  return Reply::no("An empty message cannot be appended");
}

}  // namespace

protocol::Awaitable<Reply> Appending::run(std::optional<NeedLiteral> literal) {
  need_ = literal ? Need::literal : Need::nothing;
  if (parser_.replaces()) find_replaced();
  // What is small and cannot be stopped any more is refused as cheaply when it is stored.
  const bool comes_anyway =
      literal && !literal->synchronizing && literal->octets <= kAppendPieceBytes;
  if (!comes_anyway) co_await find_destination(literal ? literal->octets : 0);
  for (;;) {
    co_await take_steps();
    if (!literal) break;
    std::optional<Reply> end;
    if (need_ == Need::gather) {
      end = co_await gather(*literal);
    } else {
      end = co_await take_literal(*literal);
    }
    if (end) co_return std::move(*end);
    end = co_await read_on(literal);
    if (end) co_return std::move(*end);
  }
  check_last_message();
  if (refusal_) co_return std::move(*refusal_);
  co_return co_await store();
}

// What stands in the way is asked before any octets are let in.
protocol::Awaitable<void> Appending::find_destination(std::uint64_t octets) {
  const auto allowed = co_await session_.blocking([&]() -> store::StoreResult<void> {
    if (auto found = check_destination(); !found) return found;
    // Of REPLACE only the difference counts (RFC 8508 3.4): the store knows it in the end.
    if (parser_.replaces()) return {};
    const auto quota = destination_->account->quota();
    if (!quota) return std::unexpected(quota.error());
    const bool fits = !quota->limits.bytes || quota->usage.bytes + octets <= *quota->limits.bytes;
    if (!fits) return std::unexpected(store::StoreError::over_quota);
    return {};
  });
  if (!allowed) refuse(Reply::refused_destination(allowed.error()));
}

store::StoreResult<void> Appending::check_destination() {
  auto mailbox = session_.mailboxes().find_selectable(parser_.mailbox(), right::insert);
  if (!mailbox) return std::unexpected(mailbox.error());
  destination_ = std::move(*mailbox);
  return {};
}

void Appending::refuse(Reply reply) {
  if (!refusal_) refusal_ = std::move(reply);
}

protocol::Awaitable<void> Appending::take_steps() {
  std::vector<AppendStep> steps = parser_.take_steps();
  for (AppendStep& step : steps) {
    if (refusal_) break;
    if (step.kind == AppendStep::Kind::message) {
      co_await begin_message(std::move(step));
    } else if (step.kind == AppendStep::Kind::url) {
      co_await copy_url(step.url);
    }
  }
}

protocol::Awaitable<void> Appending::begin_message(AppendStep step) {
  check_last_message();
  const Settings& settings = session_.settings();
  // All or none are stored (RFC 3502), so that this limit refuses them all (RFC 9738 3.1).
  const std::uint32_t limit = save_limit_of(settings);
  if (limit != 0 && messages_.size() == limit) {
    refuse(Reply::no(limit_code(limit), "Too many messages in one command"));
  } else if (messages_.size() == settings.max_append_messages) {
    refuse(Reply::no("LIMIT", "Too many messages in one command"));
  }
  if (refusal_) co_return;
  if (!messages_.empty()) co_await set_aside();
  if (refusal_) co_return;
  messages_.push_back({session_.account().begin_upload(), std::move(step.flags),
                       step.date.value_or(Session::now())});
  message_octets_ = 0;
}

void Appending::check_last_message() {
  if (!messages_.empty() && message_octets_ == 0) refuse(empty_message());
}

bool Appending::has_room_for(std::uint64_t octets) {
  const std::uint64_t limit = session_.settings().max_message_bytes;
  if (octets > limit || message_octets_ > limit - octets) {
    refuse(Reply::refused(store::StoreError::message_too_big));
    return false;
  }
  if (all_octets_ + octets > session_.settings().max_append_octets) {
    refuse(Reply::no("LIMIT", "Too many octets in one command"));
    return false;
  }
  message_octets_ += octets;
  all_octets_ += octets;
  return true;
}

protocol::Awaitable<void> Appending::set_aside() {
  co_await session_.blocking([&] {
    store::MessageUpload& upload = messages_.back().upload;
    if (!piece_.empty()) upload.write(piece_);
    upload.set_aside();
    held_bytes_ += upload.held_bytes();
  });
  piece_.clear();
  if (held_bytes_ > session_.settings().max_append_held_bytes) {
    refuse(Reply::no("LIMIT", "Too much in one command"));
  }
}

protocol::Awaitable<void> Appending::flush_piece() {
  if (piece_.empty()) co_return;
  co_await session_.blocking([&] { messages_.back().upload.write(piece_); });
  piece_.clear();
}

protocol::Awaitable<void> Appending::copy_url(const std::string& url) {
  const MailboxView* selected = session_.view();
  const UrlBase base{session_.account().name(), session_.settings().hostname,
                     selected ? selected->name() : std::string()};
  auto octets = co_await session_.blocking([&]() -> std::optional<UrlOctets> {
    if (!may_use(session_, url)) return std::nullopt;
    return UrlOctets::find(session_.mailboxes(), base, url);
  });
  if (!octets) {
    refuse(bad_url(url));
    co_return;
  }
  if (!has_room_for(octets->left())) co_return;
  while (octets->left() > 0) {
    co_await flush_piece();
    const bool read =
        co_await session_.blocking([&] { return octets->read(kAppendPieceBytes, piece_); });
    if (!read) {
      refuse(bad_url(url));
      co_return;
    }
  }
}

protocol::Awaitable<std::optional<Reply>> Appending::take_literal(const NeedLiteral& literal) {
  CommandReader& reader = session_.reader();
  // A message of no octets cancels the command (RFC 3502).
  if (literal.octets == 0 && !parser_.in_parts()) refuse(empty_message());
  if (refusal_ || !has_room_for(literal.octets)) {
    reader.refuse(literal.octets, literal.synchronizing);
    co_return std::move(refusal_);
  }
  reader.stream(literal.octets);
  if (literal.synchronizing) {
    session_.out().raw("+ Ready for literal data\r\n");
    const bool connected = co_await session_.flush();
    if (!connected) co_return Reply::end();
  }
  co_return co_await receive();
}

// Reads the literal into the last upload, all but the last piece, so that a message of one piece is
// written and stored in one go.
protocol::Awaitable<std::optional<Reply>> Appending::receive() {
  CommandReader& reader = session_.reader();
  for (;;) {
    piece_ += reader.take();
    if (reader.left_to_stream() == 0) co_return std::nullopt;
    if (piece_.size() >= kAppendPieceBytes) co_await flush_piece();
    auto end = co_await read();
    if (end) co_return end;
  }
}

// What it is woken for otherwise than by the end of the account waits for the end of the command.
protocol::Awaitable<std::optional<Reply>> Appending::read() {
  const auto status = co_await session_.read_input(!woken_);
  if (auto end = session_.reply_to_closed_account()) co_return end;
  woken_ = woken_ || status == protocol::ReadStatus::woken;
  const bool goes_on =
      status == protocol::ReadStatus::data || status == protocol::ReadStatus::woken;
  if (goes_on) co_return std::nullopt;
  co_return session_.reply_to_end_of_input(status);
}

Appending::~Appending() {
  if (woken_) session_.stream().waker()();
}

protocol::Awaitable<std::optional<Reply>> Appending::gather(const NeedLiteral& literal) {
  CommandReader& reader = session_.reader();
  if (refusal_) {
    reader.refuse(literal.octets, literal.synchronizing);
    co_return std::move(refusal_);
  }
  if (reader.gather() && literal.synchronizing) {
    session_.out().raw("+ Ready for literal data\r\n");
    const bool connected = co_await session_.flush();
    if (!connected) co_return Reply::end();
  }
  co_return std::nullopt;
}

// Up to the next literal or the end of the command.
protocol::Awaitable<std::optional<Reply>> Appending::read_on(std::optional<NeedLiteral>& literal) {
  CommandReader& reader = session_.reader();
  for (;;) {
    const ReaderEvent event = reader.next();
    if (std::holds_alternative<NeedMore>(event)) {
      const bool connected = co_await session_.flush();
      if (!connected) co_return Reply::end();
      auto end = co_await read();
      if (end) co_return end;
      continue;
    }
    if (const auto* bad = std::get_if<BadInput>(&event)) {
      if (!bad->fatal) co_return Reply::bad(bad->text);
      session_.out().raw("* BYE ").text(bad->text).crlf();
      co_return Reply::end();
    }
    const auto* next = std::get_if<NeedLiteral>(&event);
    const auto need = next ? parser_.advance(next->text, false)
                           : parser_.advance(std::get<CommandText>(event).text, true);
    if (!need) {
      if (next) reader.refuse(next->octets, next->synchronizing);
      co_return Reply::bad(need.error());
    }
    need_ = *need;
    literal = next ? std::optional(*next) : std::nullopt;
    co_return std::nullopt;
  }
}

// RFC 8508 3.4, 4.1: what REPLACE removes, and whether the user may.
void Appending::find_replaced() {
  const MailboxView& view = *session_.view();
  if (view.read_only()) return refuse(Reply::no("READ-ONLY", "Mailbox is read-only"));
  if (!view.may(right::mark_deleted | right::expunge)) {
    return refuse(Reply::refused(store::StoreError::no_permission));
  }
  SequenceSet set;
  const bool last = parser_.replaced() == kLastMessage;
  const std::uint32_t number = last ? SequenceSet::kStar : parser_.replaced();
  set.add({number, number});
  const auto uids = view.resolve(set, parser_.by_uid());
  if (!uids) return refuse(Reply::bad("No message with such a sequence number"));
  if (uids->empty()) return refuse(Reply::refused(store::StoreError::message_gone));
  replaced_ = store::Uid{uids->ranges().front().first};
}

store::StoreResult<store::AppendResult> Appending::append() {
  if (!destination_) {
    if (auto allowed = check_destination(); !allowed) return std::unexpected(allowed.error());
  }
  for (store::NewMessage& message : messages_) {
    message.flags = permitted_flags(std::move(message.flags), destination_->rights);
  }
  if (!piece_.empty()) messages_.back().upload.write(piece_);
  return put_in();
}

// Two accounts share no transaction: the new message is stored before the old one goes, and taken
// back where that is refused. What stops in between, a crash, leaves both; nothing is ever lost.
store::StoreResult<store::AppendResult> Appending::put_in() {
  store::Account& account = *destination_->account;
  const std::string& name = destination_->info.name;
  if (replaced_.value == 0) return account.append(name, std::move(messages_));
  MailboxView& view = *session_.view();
  if (account.id() == view.account().id()) {
    return view.account().replace(view.id(), replaced_, name, std::move(messages_.front()));
  }
  auto added = account.append(name, std::move(messages_));
  if (!added) return added;
  const auto gone =
      view.account().expunge(view.id(), store::UidSet({replaced_.value, replaced_.value}));
  if (gone && !gone->empty()) return added;
  const auto taken_back = account.expunge(added->mailbox, added->uids);
  if (!taken_back) return std::unexpected(taken_back.error());
  return std::unexpected(gone ? store::StoreError::message_gone : gone.error());
}

protocol::Awaitable<Reply> Appending::store() {
  auto result = co_await session_.blocking([&] { return append(); });
  if (!result) co_return Reply::refused_destination(result.error());
  session_.report_defects(destination_->account->name(), destination_->info.name, *result);
  if (MailboxView* view = session_.view()) {
    const bool selected = view->account().id() == destination_->account->id();
    if (selected && view->id() == result->mailbox) view->note_own_messages(result->uids);
  }
  std::string code;
  if (session_.allows(Capability::uid_plus)) code = appenduid(*result);
  if (replaced_.value == 0) co_return Reply::ok(std::move(code), "APPEND completed");
  // Before the EXPUNGE, which comes with the view's changes (RFC 8508 4.3).
  if (!code.empty()) {
    session_.out().raw("* OK [").raw(code).raw("] ");
    session_.out().utf8_text(translated(session_.language(), "Replacement message ready")).crlf();
  }
  co_return Reply::ok("REPLACE completed");
}

}  // namespace mailkeep::imap
