#include "protocol/lmtp/session.h"

#include <exception>
#include <utility>

namespace mailkeep::lmtp {

using protocol::ReadStatus;

Session::Session(protocol::Stream& stream, const SessionServices& services)
    : stream_(&stream), services_(services) {}

Awaitable<void> Session::run() {
  reply(220, "", settings().hostname + " Mailkeep LMTP server ready");
  co_await serve();
  co_await flush();
  services_.events.session_ended("lmtp", stream_->peer(), "", end_reason_);
}

Awaitable<void> Session::serve() {
  while (!ended_) {
    const LineEvent event = reader_.next();
    if (const Line* line = std::get_if<Line>(&event)) {
      co_await run_line(line->text);
    } else if (std::holds_alternative<NeedMore>(event)) {
      co_await read_input();
    } else if (std::holds_alternative<EndlessLine>(event)) {
      reply(500, "5.5.2", "Line without end");
      end("line without end");
    } else if (std::holds_alternative<BareLineEnd>(event)) {
      // Whoever sends this may be made to say what somebody else wrote: see line_reader.h.
      reply(500, "5.5.2", "Lines end with CRLF");
      end("bare line end");
    } else {
      refuse(500, "5.5.2", "Line too long");
    }
  }
}

Awaitable<Session::Next> Session::run_line(std::string_view line) {
  const auto command = parse_command(line);
  if (!command) {
    const CommandError& error = command.error();
    if (error.fatal) end("bad chunk size");
    co_return refuse(error.reply.code, error.reply.enhanced, error.reply.text);
  }
  const std::uint32_t bad = bad_commands_;
  const Next next = co_await run_command(*command);
  if (bad_commands_ == bad) bad_commands_ = 0;
  if (++idle_commands_ < kMaxIdleCommands) co_return next;
  reply(421, "4.7.0", "Too many commands without mail");
  co_return end("too many commands");
}

Awaitable<Session::Next> Session::run_command(const ParsedCommand& command) {
  command_name_ = command.entry->name;
  try {
    auto work = std::visit([this](const auto& each) { return handle(each); }, command.command);
    const Next next = co_await std::move(work);
    co_return next;
  } catch (const std::exception& failure) {
    report_failure("", failure.what());
  }
  reply(451, "4.3.0", "Internal error, try again later");
  co_return Next::go_on;
}

Awaitable<bool> Session::read_input() {
  const bool connected = co_await flush();
  ReadStatus status = ReadStatus::closed;
  if (connected) status = co_await stream_->read(reader_.input(), settings().idle_timeout);
  switch (status) {
    case ReadStatus::data:
    case ReadStatus::woken:
      co_return true;
    case ReadStatus::timed_out:
      reply(421, "4.4.2", "Nothing came for too long");
      end("timeout");
      break;
    case ReadStatus::stopping:
      reply(421, "4.3.2", "Server is stopping, try again later");
      end("stopping");
      break;
    case ReadStatus::closed:
      end("closed");
      break;
  }
  co_return false;
}

Awaitable<bool> Session::flush() {
  if (output_.empty()) co_return true;
  const bool written = co_await stream_->write(output_);
  output_.clear();
  if (!reader_.has_input()) output_.shrink_to_fit();  // an idle session holds no buffer
  co_return written;
}

Session::Next Session::end(std::string_view reason) {
  ended_ = true;
  end_reason_ = reason;
  return Next::end;
}

Session::Next Session::count_bad() {
  if (++bad_commands_ < settings().max_bad_commands) return Next::go_on;
  reply(421, "4.7.0", "Too many bad commands");
  return end("too many bad commands");
}

void Session::reply(int code, std::string_view enhanced, std::string_view text) {
  write_reply(output_, {code, enhanced, std::string(text)});
}

Session::Next Session::refuse(int code, std::string_view enhanced, std::string_view text) {
  reply(code, enhanced, text);
  return ended_ ? Next::end : count_bad();
}

void Session::report_failure(std::string_view account, std::string_view what) {
  services_.events.command_failed("lmtp", stream_->peer(), account, "", 0, command_name_, what);
}

}  // namespace mailkeep::lmtp
