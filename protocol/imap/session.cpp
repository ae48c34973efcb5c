#include "protocol/imap/session.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "protocol/imap/capability.h"
#include "protocol/imap/command_table.h"
#include "protocol/imap/notifier.h"
#include "protocol/imap/search/search_contexts.h"

namespace mailkeep::imap {
namespace {

using protocol::ReadStatus;

constexpr std::size_t kPipelinedStores = 64;  // run in one transaction

constexpr std::string_view kServerBug = "Internal error, see the server's log; the session goes on";

// The SP-separated word that `decoder` is at, in upper case, or nothing.
std::string command_word(Decoder& decoder) {
  auto atom = decoder.atom();
  if (!atom) return {};
  std::string word(*atom);
  for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return word;
}

}  // namespace

struct Session::Line {
  std::string tag = "*";
  const CommandEntry* entry = nullptr;
  Parsed<Command> command = std::unexpected(SyntaxError{});
};

Session::Session(protocol::Stream& stream, const SessionServices& services)
    : connection_(&stream),
      stream_(&stream),
      services_(services),
      encoder_(output_),
      grammar_{.disabled = services.settings.disabled} {
  limit_reader(settings().reader_before_login);
}

Session::~Session() = default;

State Session::state() const {
  if (!account_) return State::not_authenticated;
  return view_ ? State::selected : State::authenticated;
}

void Session::logged_in(std::shared_ptr<store::Account> account, const CapabilitySet& disabled) {
  grammar_.disabled |= disabled;
  account_ = std::move(account);
  closing_watch_ = account_->watch_closing(connection_->waker());
  mailboxes_.emplace(account_, allows(Capability::acl) ? services_.store : nullptr,
                     settings().share_with_anyone);
  limit_reader(settings().reader);
}

bool Session::may_give_password() const {
  if (stream_->is_tls()) return true;
  switch (settings().plaintext_without_tls) {
    case Settings::Plaintext::never:
      return false;
    case Settings::Plaintext::loopback:
      return stream_->peer_is_loopback();
    case Settings::Plaintext::always:
      return true;
  }
  return false;
}

void Session::select(std::unique_ptr<MailboxView> view) {
  view_ = std::move(view);
  contexts_.reset();
  view_->obey(enabled_);
  watch_selected();
}

void Session::unselect() {
  selected_watch_.stop();
  view_.reset();
  contexts_.reset();
}

// The items that NOTIFY wants of new messages (RFC 5465 5.2).
Awaitable<void> Session::tell_new_messages(store::UidSet uids) {
  if (!notifier_ || !notifier_->request().selected) co_return;
  const auto& items = notifier_->request().selected->items;
  if (!items) co_return;
  try {
    co_await send_messages(*this, *items, std::move(uids));
  } catch (const std::exception& error) {
    report_failure(error.what());
  }
}

Awaitable<void> Session::tell_notifications(bool idling) {
  if (!notifier_) co_return;
  const auto& selected = notifier_->request().selected;
  if (view_ && selected && selected->events.any_of_messages()) {
    co_await tell_changes(idling || !selected->delayed, selected->events.flag_change);
  }
  if (!notifier_->has_news()) co_return;
  bool goes_on = true;
  try {
    co_await blocking([&] {
      goes_on = notifier_->tell(SelectedMailbox::of(view_.get()), encoder_.utf8(), output_);
    });
  } catch (const std::exception& error) {
    report_failure(error.what());
  }
  if (goes_on) co_return;
  set_notifier(nullptr);
  try {
    const auto again = co_await watch_for(*this, nullptr, false);
    static_cast<void>(again);  // a store that refuses to be watched tells nothing
  } catch (const std::exception& error) {
    report_failure(error.what());
  }
}

Awaitable<bool> Session::flush() {
  if (output_.empty()) co_return true;
  const bool written = co_await stream_->write(output_);
  output_.clear();
  // An idle session keeps no output buffer; a busy one keeps a usual one.
  if (output_.capacity() > 2 * kOutputBytes) output_.shrink_to_fit();
  co_return written;
}

Awaitable<bool> Session::flush_during(std::move_only_function<void()> work) {
  using namespace boost::asio::experimental::awaitable_operators;  // NOLINT: operators only
  // What fails must not cut the write short in the middle of a response.
  std::exception_ptr failure;
  const auto kept_working = [&] {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  };
  bool written = true;
  if (output_.size() < kOutputBytes) {
    co_await blocking(kept_working);
  } else {
    std::string leaving;
    leaving.swap(output_);
    output_.reserve(leaving.size());  // what follows will be as long
    written = co_await (blocking(kept_working) && stream_->write(leaving));
  }
  if (failure) std::rethrow_exception(failure);
  co_return written;
}

Awaitable<bool> Session::flush_if_large() {
  if (output_.size() < kOutputBytes) co_return true;
  co_return co_await flush();
}

Awaitable<ReadStatus> Session::read_input(bool wakeable) {
  const auto limit = account_ ? settings().idle_timeout : settings().login_timeout;
  if (output_.empty()) output_.shrink_to_fit();
  co_return co_await stream_->read(reader_.input(), limit, wakeable);
}

Awaitable<void> Session::run() {
  output_ += "* OK [CAPABILITY " + capabilities(*this) + "] Mailkeep ready\r\n";
  co_await serve();
  co_await flush();
  services_.events.session_ended("imap", stream_->peer(), account_ ? account_->name() : "",
                                 end_reason_);
}

Awaitable<void> Session::serve() {
  while (!reply_to_closed_account()) {
    ReaderEvent event = next_event();
    Next next = Next::end;
    if (auto* command = std::get_if<CommandText>(&event)) {
      next = co_await on_input(*command);
    } else if (std::holds_alternative<NeedMore>(event)) {
      next = co_await on_input(NeedMore{});
    } else if (auto* literal = std::get_if<NeedLiteral>(&event)) {
      next = co_await on_input(*literal);
    } else {
      next = co_await on_input(std::move(std::get<BadInput>(event)));
    }
    if (next == Next::end) co_return;
  }
}

ReaderEvent Session::next_event() {
  if (!pending_event_) return reader_.next();
  ReaderEvent event = std::move(*pending_event_);
  pending_event_.reset();
  return event;
}

Awaitable<Session::Next> Session::on_input(NeedMore) {
  if (!co_await flush()) co_return Next::end;
  const ReadStatus status = co_await read_input(account_ != nullptr);
  if (status == ReadStatus::woken) co_await tell_notifications(false);
  if (status == ReadStatus::data || status == ReadStatus::woken) co_return Next::go_on;
  reply_to_end_of_input(status);
  co_return Next::end;
}

Reply Session::reply_to_end_of_input(ReadStatus status) {
  if (status == ReadStatus::timed_out) {
    say_bye("Nothing heard for too long", "timeout");
  } else if (status == ReadStatus::stopping) {
    say_bye("Server is stopping", "stopping");
  } else {
    end_reason_ = "closed";
  }
  return Reply::end();
}

store::InternalDate Session::now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count(), 0};
}

Awaitable<Session::Next> Session::on_input(NeedLiteral literal) {
  if (auto start = parse_append_start(literal.text, grammar_)) {
    co_return co_await on_append(std::move(*start), literal);
  }
  if (reader_.gather() && literal.synchronizing) output_ += "+ Ready for literal\r\n";
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::on_append(Parsed<AppendParser> start, NeedLiteral literal) {
  const bool replaces = start && start->replaces();
  command_name_ = replaces ? "REPLACE" : "APPEND";
  std::string tag(literal.text.substr(0, literal.text.find(' ')));
  Reply reply;
  const bool allowed = replaces ? view_ != nullptr : account_ != nullptr;
  if (!start || !allowed) {
    reply = start ? Reply::bad(command_name_ + " is not allowed in this state")
                  : Reply::bad(start.error());
    reader_.refuse(literal.octets, literal.synchronizing);
  } else {
    reply = co_await guarded(handle_append(*this, std::move(*start), literal));
    // What failed in the middle of a literal does not take the rest of it for commands.
    if (reader_.left_to_stream() > 0) reader_.refuse(reader_.left_to_stream(), false);
  }
  co_return co_await finish_command(tag, reply, false);
}

Awaitable<Session::Next> Session::on_input(CommandText command) {
  Line line = parse_line(command.text);
  if (line.command && std::holds_alternative<StoreCommand>(*line.command) && view_) {
    co_return co_await run_stores(take_pipelined_stores(std::move(line)));
  }
  co_return co_await run_line(std::move(line));
}

Awaitable<Session::Next> Session::on_input(BadInput bad) {
  encoder_.raw(bad.tag.empty() ? "*" : bad.tag).raw(" BAD ").text(bad.text).crlf();
  if (bad.fatal) co_return say_bye(bad.text, "unreadable input");
  co_return count_bad();
}

Session::Line Session::parse_line(std::string_view text) const {
  Line line;
  Decoder decoder(text, grammar_);
  const auto tag = decoder.tag();
  if (!tag) {
    line.command = std::unexpected(tag.error());
    return line;
  }
  line.tag = *tag;
  if (auto space = decoder.sp(); !space) {
    line.command = std::unexpected(space.error());
    return line;
  }
  const std::size_t position = decoder.position();
  std::string name = command_word(decoder);
  if (name == "UID" && decoder.accept(' ')) name += ' ' + command_word(decoder);
  line.entry = find_command(name);
  if (!line.entry || !allows(line.entry->capability)) {
    line.entry = nullptr;
    line.command = std::unexpected(SyntaxError{position, "unknown command"});
  } else if ((line.entry->states & static_cast<unsigned>(state())) == 0) {
    line.command = std::unexpected(
        SyntaxError{position, std::string(line.entry->name) + " is not allowed in this state"});
  } else {
    // What must not be told of expunges while it runs is what works with sequence numbers.
    if (line.entry->holds_expunges) {
      if (auto allowed = decoder.allow_numbers(); !allowed) {
        line.command = std::unexpected(std::move(allowed.error()));
        return line;
      }
    }
    line.command = line.entry->parse(decoder);
  }
  return line;
}

std::vector<Session::Line> Session::take_pipelined_stores(Line first) {
  std::vector<Line> lines;
  lines.push_back(std::move(first));
  while (lines.size() < kPipelinedStores && reader_.has_input()) {
    ReaderEvent event = reader_.next();
    if (auto* command = std::get_if<CommandText>(&event)) {
      Line line = parse_line(command->text);
      if (line.command && std::holds_alternative<StoreCommand>(*line.command)) {
        lines.push_back(std::move(line));
        continue;
      }
    }
    if (!std::holds_alternative<NeedMore>(event)) pending_event_ = std::move(event);
    break;
  }
  return lines;
}

Awaitable<Session::Next> Session::run_line(Line line) {
  if (!line.command) {
    write_tagged(line.tag, Reply::bad(line.command.error()));
    co_return count_bad();
  }
  command_name_ = line.entry->name;
  command_tag_ = line.tag;
  const Reply reply = co_await guarded(
      std::visit([this](const auto& command) { return handle(*this, command); }, *line.command));
  co_return co_await finish_command(line.tag, reply, line.entry->holds_expunges);
}

Awaitable<Session::Next> Session::run_stores(std::vector<Line> lines) {
  command_name_ = lines.front().entry->name;
  std::vector<const StoreCommand*> commands;
  commands.reserve(lines.size());
  for (const Line& line : lines) commands.push_back(&std::get<StoreCommand>(*line.command));
  std::vector<StoreOutcome> outcomes;
  try {
    outcomes = co_await handle_stores(*this, commands);
  } catch (const std::exception& error) {
    report_failure(error.what());
    outcomes.assign(lines.size(), {{}, Reply::no("SERVERBUG", std::string(kServerBug))});
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    output_ += outcomes[i].untagged;
    const bool last = i + 1 == lines.size();
    if (last) {
      co_return co_await finish_command(lines[i].tag, outcomes[i].reply,
                                        lines[i].entry->holds_expunges);
    }
    write_tagged(lines[i].tag, outcomes[i].reply);
    if (outcomes[i].reply.kind == Reply::Kind::bad && count_bad() == Next::end) break;
  }
  co_return Next::end;
}

Awaitable<Reply> Session::guarded(Awaitable<Reply> work) {
  try {
    co_return co_await std::move(work);
  } catch (const std::exception& error) {
    report_failure(error.what());
  }
  co_return Reply::no("SERVERBUG", std::string(kServerBug));
}

Awaitable<void> Session::tell_changes(bool expunges, bool flags) {
  if (!view_) co_return;
  const bool updates = contexts_ && contexts_->may_have_changed(*view_);
  if (updates || view_->may_have_changed()) {
    try {
      co_await blocking([&] {
        if (view_->may_have_changed()) view_->fetch_changes();
        if (updates) contexts_->look(*view_, encoder_);
      });
    } catch (const std::exception& error) {
      report_failure(error.what());
    }
  }
  store::UidSet added = view_->write_changes(encoder_, expunges, flags);
  if (updates) {
    try {
      co_await blocking([&] { contexts_->settle(*view_, encoder_); });
    } catch (const std::exception& error) {
      report_failure(error.what());
    }
  }
  // FETCH comes behind ESEARCH (RFC 5465 5.2).
  if (!added.empty()) co_await tell_new_messages(std::move(added));
}

SearchContexts& Session::contexts() {
  if (!contexts_) contexts_ = std::make_unique<SearchContexts>();
  return *contexts_;
}

Awaitable<Session::Next> Session::finish_command(std::string_view tag, Reply reply,
                                                 bool holds_expunges) {
  if (reply.kind == Reply::Kind::end) co_return Next::end;
  co_await tell_changes(!holds_expunges);
  write_tagged(tag, reply);
  if (reply.kind == Reply::Kind::bad) co_return count_bad();
  bad_commands_ = 0;
  if (reply.after == Reply::After::end) {
    end_reason_ = "logout";
    co_return Next::end;
  }
  switch (reply.after) {
    case Reply::After::start_tls:
      co_return co_await start_tls();
    case Reply::After::compress:
      co_return co_await start_compression();
    case Reply::After::unauthenticate:
      co_return co_await unauthenticate();
    case Reply::After::nothing:
    case Reply::After::end:
      break;
  }
  const bool connected = co_await flush_if_large();
  co_return connected ? Next::go_on : Next::end;
}

void Session::write_tagged(std::string_view tag, const Reply& reply) {
  static constexpr std::string_view kNames[] = {" OK ", " NO ", " BAD "};
  encoder_.raw(tag).raw(kNames[static_cast<std::size_t>(reply.kind)]);
  if (!reply.code.empty()) encoder_.raw("[").raw(reply.code).raw("] ");
  write_text(reply.text);
}

void Session::write_text(std::string_view text) {
  if (language_ == Language::i_default) {
    encoder_.text(text).crlf();
  } else {
    encoder_.utf8_text(translated(language_, text)).crlf();
  }
}

Session::Next Session::count_bad() {
  if (++bad_commands_ < settings().max_bad_commands) return Next::go_on;
  return say_bye("Too many bad commands", "too many bad commands");
}

Session::Next Session::say_bye(std::string_view text, std::string_view reason) {
  encoder_.raw("* BYE ");
  write_text(text);
  end_reason_ = reason;
  return Next::end;
}

void Session::report_failure(std::string_view what) {
  services_.events.command_failed("imap", stream_->peer(), account_ ? account_->name() : "",
                                  view_ ? view_->info().name : "", 0, command_name_, what);
}

void Session::report_defects(std::string_view account, std::string_view mailbox,
                             const store::AppendResult& result) {
  for (const auto& [uid, kinds] : result.defective) {
    services_.events.message_has_defects("imap", account, mailbox, uid.value, kinds.names());
  }
}

bool Session::attempt_read(store::Uid uid, const std::function<void()>& read) {
  try {
    read();
    return true;
  } catch (const std::exception& error) {
    report_message_failure(uid, error.what());
    return false;
  }
}

void Session::report_message_failure(store::Uid uid, std::string_view what,
                                     std::string_view mailbox) {
  if (mailbox.empty() && view_) mailbox = view_->info().name;
  services_.events.command_failed("imap", stream_->peer(), account_ ? account_->name() : "",
                                  mailbox, uid.value, command_name_, what);
}

}  // namespace mailkeep::imap
