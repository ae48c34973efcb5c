#include "protocol/pop3/session.h"

#include <exception>
#include <utility>

#include "protocol/sasl/base64.h"
#include "protocol/sasl/scram.h"

namespace mailkeep::pop3 {

using protocol::ReadStatus;
using std::chrono::steady_clock;

Session::Session(protocol::Stream& stream, const SessionServices& services)
    : stream_(&stream), services_(services), encoder_(output_) {
  if (settings().apop) {  // RFC 1939 7: different each time
    timestamp_ =
        '<' + sasl::encode_base64(sasl::random_octets(15)) + '@' + settings().hostname + '>';
  }
}

Session::~Session() {
  if (!entered_.empty()) services_.gate->leave(entered_);
}

Awaitable<void> Session::run() {
  encoder_.ok(settings().hostname + " Mailkeep POP3 server ready" +
              (timestamp_.empty() ? "" : ' ' + timestamp_));
  co_await serve();
  co_await flush();
  services_.events.session_ended("pop3", stream_->peer(), account_ ? account_->name() : "",
                                 end_reason_);
}

Awaitable<void> Session::serve() {
  while (!ended_) {
    const auto line = co_await next_line(kMaxLineBytes);
    if (!line || end_if_closed()) continue;
    const Next next = co_await run_line(*line);
    if (next == Next::end) co_return;
    const bool connected = co_await flush_if_large();
    if (!connected) co_return;
  }
}

Awaitable<std::expected<std::string_view, Session::Next>> Session::next_line(std::size_t limit) {
  std::optional<steady_clock::time_point> deadline;
  for (;;) {
    const LineEvent event = reader_.next(limit);
    if (const Line* line = std::get_if<Line>(&event)) co_return line->text;
    if (!std::holds_alternative<NeedMore>(event)) {
      encoder_.error(ResponseCode::none, "Line too long");
      if (std::holds_alternative<LineTooLong>(event)) co_return std::unexpected(count_bad());
      co_return std::unexpected(end("line without end"));
    }
    // Nothing is left to do: now the replies go out together.
    const bool connected = co_await flush();
    if (!connected) co_return std::unexpected(end("closed"));
    if (!deadline) {
      deadline =
          steady_clock::now() + (account_ ? settings().idle_timeout : settings().login_timeout);
    }
    const bool more = co_await read_input(*deadline);
    if (!more) co_return std::unexpected(Next::end);
  }
}

// The limit is for a whole line, so that a client cannot hold a connection by an octet now and
// then.
Awaitable<bool> Session::read_input(steady_clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::seconds>(deadline - steady_clock::now());
  ReadStatus status = ReadStatus::timed_out;
  if (left.count() > 0) status = co_await stream_->read(reader_.input(), left, true);
  switch (status) {
    case ReadStatus::data:
      co_return true;
    case ReadStatus::woken:
      co_return !end_if_closed();
    case ReadStatus::timed_out:
      end("timeout");  // without a word: RFC 1939 3
      break;
    case ReadStatus::stopping:
      encoder_.error(ResponseCode::sys_temp, "Server is stopping, try again later");
      end("stopping");
      break;
    case ReadStatus::closed:
      end("closed");
      break;
  }
  co_return false;
}

bool Session::end_if_closed() {
  const auto reason = account_ ? account_->closed() : std::nullopt;
  if (!reason || ended_) return ended_;
  encoder_.error(ResponseCode::sys_perm, store::describe(*reason));
  end("account closed");
  return true;
}

Awaitable<Session::Next> Session::run_line(std::string_view line) {
  const auto command = parse_command(line, state());
  if (!command) {
    encoder_.error(ResponseCode::none, command.error().text);
    co_return count_bad();
  }
  const State before = state();
  const Next next = co_await run_command(*command);
  // Before log-in nothing resets the count but the log-in, or guesses would be free.
  if (before == State::transaction || state() == State::transaction) bad_commands_ = 0;
  co_return next;
}

Awaitable<Session::Next> Session::run_command(const ParsedCommand& command) {
  command_name_ = command.entry->name;
  try {
    auto work = std::visit([this](const auto& each) { return handle(each); }, command.command);
    const Next next = co_await std::move(work);
    co_return next;
  } catch (const std::exception& failure) {
    report_failure(failure.what());
  }
  encoder_.error(ResponseCode::sys_temp, "Internal error, see the server's log");
  co_return Next::go_on;
}

Awaitable<bool> Session::flush() {
  if (output_.empty()) co_return true;
  const bool written = co_await stream_->write(output_);
  output_.clear();
  if (!reader_.has_input()) output_.shrink_to_fit();  // an idle session holds no buffer
  co_return written;
}

Awaitable<bool> Session::flush_if_large() {
  bool connected = true;
  if (output_.size() >= kOutputBytes) connected = co_await flush();
  co_return connected;
}

Session::Next Session::end(std::string_view reason) {
  ended_ = true;
  end_reason_ = reason;
  return Next::end;
}

Session::Next Session::count_bad() {
  if (++bad_commands_ < settings().max_bad_commands) return Next::go_on;
  encoder_.error(ResponseCode::none, "Too many bad commands");
  return end("too many bad commands");
}

void Session::report_failure(std::string_view what, store::Uid uid) {
  services_.events.command_failed("pop3", stream_->peer(), account_ ? account_->name() : "",
                                  account_ ? "INBOX" : "", uid.value, command_name_, what);
}

}  // namespace mailkeep::pop3
