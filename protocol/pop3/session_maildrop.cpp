// The TRANSACTION and UPDATE states (RFC 1939 5, 6, 7).
#include <exception>
#include <stdexcept>
#include <utility>

#include "protocol/pop3/session.h"

namespace mailkeep::pop3 {
namespace {

std::string drop_listing(std::uint32_t messages, std::uint64_t bytes) {
  return std::to_string(messages) + ' ' + std::to_string(bytes);
}

}  // namespace

// RFC 1939 6: only here messages go: those that were marked, and those that the policy of EXPIRE
// lets go.
Awaitable<Session::Next> Session::handle(const QuitCommand&) {
  end("logout");
  const store::UidSet uids = account_ ? leaving() : store::UidSet();
  if (!uids.empty()) {
    std::string failure;
    try {
      co_await services_.pool.run([&] { remove(uids); });
    } catch (const std::exception& error) {
      failure = error.what();
    }
    if (!failure.empty()) {
      report_failure(failure);
      encoder_.error(ResponseCode::sys_temp, "Some deleted messages not removed");
      co_return Next::end;
    }
  }
  encoder_.ok("Bye");
  co_return Next::end;
}

store::UidSet Session::leaving() const {
  store::UidSet uids = maildrop_->marked();
  const auto add = [&uids](const store::UidSet& more) {
    for (const auto& range : more.ranges()) uids.add(range);
  };
  add(maildrop_->expired());
  if (settings().expire_days == 0) add(maildrop_->retrieved());
  return uids;
}

void Session::remove(const store::UidSet& uids) {
  if (!settings().deletes_by_flag) {
    const auto expunged = account_->expunge(maildrop_->mailbox(), uids);
    if (!expunged) throw std::runtime_error(std::string(store::describe(expunged.error())));
    return;
  }
  store::FlagChange change;
  change.uids = uids;
  change.flags.system = store::flag::deleted;
  const auto results = account_->change_flags(maildrop_->mailbox(), {&change, 1});
  if (!results.front()) {
    throw std::runtime_error(std::string(store::describe(results.front().error())));
  }
}

Awaitable<Session::Next> Session::handle(const NoopCommand&) {
  encoder_.ok("Nothing done");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const StatCommand&) {
  encoder_.ok(drop_listing(maildrop_->remaining(), maildrop_->remaining_bytes()));
  co_return Next::go_on;
}

// LIST and UIDL: one message or all, `value` says what of it.
template <class Value>
Awaitable<Session::Next> Session::list(std::optional<MessageNumber> message, Value value) {
  if (message) {
    if (!maildrop_->has(*message)) co_return no_such_message(*message);
    encoder_.ok(std::to_string(*message) + ' ' + value(*message));
    co_return Next::go_on;
  }
  encoder_.ok(std::to_string(maildrop_->remaining()) + " messages");
  for (MessageNumber number = 1; number <= maildrop_->size(); ++number) {
    if (!maildrop_->has(number)) continue;
    encoder_.line(std::to_string(number) + ' ' + value(number));
    const bool connected = co_await flush_if_large();
    if (!connected) co_return Next::end;
  }
  encoder_.end_lines();
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const ListCommand& command) {
  return list(command.message,
              [this](MessageNumber number) { return std::to_string(maildrop_->bytes(number)); });
}

Awaitable<Session::Next> Session::handle(const UidlCommand& command) {
  return list(command.message,
              [this](MessageNumber number) { return maildrop_->unique_id(number); });
}

Awaitable<Session::Next> Session::handle(const DeleCommand& command) {
  if (!maildrop_->has(command.message)) co_return no_such_message(command.message);
  maildrop_->mark_deleted(command.message);
  encoder_.ok("Marked to be deleted");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const RsetCommand&) {
  maildrop_->unmark_all();
  encoder_.ok(drop_listing(maildrop_->remaining(), maildrop_->remaining_bytes()));
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const RetrCommand& command) {
  if (!maildrop_->has(command.message)) co_return no_such_message(command.message);
  const Retrieval retrieval = *retrieval_of(command);
  co_return co_await retrieve(retrieval);
}

Awaitable<Session::Next> Session::handle(const TopCommand& command) {
  if (!maildrop_->has(command.message)) co_return no_such_message(command.message);
  const Retrieval retrieval = *retrieval_of(command);
  co_return co_await retrieve(retrieval);
}

Session::Next Session::no_such_message(MessageNumber number) {
  encoder_.error(ResponseCode::none,
                 maildrop_->is_deleted(number) ? "Message is deleted" : "No such message");
  return Next::go_on;
}

// Nothing where the command is another one, or names no message.
std::optional<Retrieval> Session::retrieval_of(const Command& command) const {
  const auto of = [&](MessageNumber number, std::optional<std::uint64_t> lines) {
    if (!maildrop_->has(number)) return std::optional<Retrieval>();
    return std::optional(Retrieval{maildrop_->uid(number), maildrop_->bytes(number), lines});
  };
  if (const auto* retr = std::get_if<RetrCommand>(&command)) return of(retr->message, std::nullopt);
  if (const auto* top = std::get_if<TopCommand>(&command)) return of(top->message, top->lines);
  return std::nullopt;
}

RetrievalRules Session::rules() const {
  return {.replaces_nuls = settings().replaces_nuls,
          .ends_headers = settings().ends_headers,
          .refuses_utf8 = settings().refuses_utf8 && !utf8_};
}

Awaitable<Session::Next> Session::retrieve(Retrieval retrieval) {
  if (RetrievalRun().accepts(retrieval)) return retrieve_run(retrieval);
  return retrieve_long(retrieval);
}

// Takes the RETR and TOP commands that wait behind this one along, so that a pipeline of small
// messages costs one hand-off to the pool and one write, not one each.
Awaitable<Session::Next> Session::retrieve_run(Retrieval first) {
  RetrievalRun run(rules());
  run.add(first);
  while (const auto line = reader_.peek()) {
    const auto command = parse_command(*line, state());
    const auto retrieval = command ? retrieval_of(command->command) : std::nullopt;
    if (!retrieval || !run.accepts(*retrieval)) break;
    run.add(*retrieval);
    reader_.next();
  }
  while (!run.done()) {
    try {
      co_await services_.pool.run([&] { run.write(*account_, maildrop_->mailbox(), output_); });
    } catch (const std::exception& failure) {
      report_failure(failure.what(), run.skip_failed());
      encoder_.error(ResponseCode::sys_temp, "The message cannot be read now");
    }
  }
  maildrop_->mark_retrieved(run.sent());
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::retrieve_long(Retrieval retrieval) {
  LongRetrieval message(retrieval, rules());
  for (;;) {
    auto progress = LongRetrieval::Progress::broken;
    try {
      progress = co_await services_.pool.run(
          [&] { return message.write_piece(*account_, maildrop_->mailbox(), output_); });
    } catch (const std::exception& failure) {
      report_failure(failure.what(), retrieval.uid);
      if (!message.begun()) {
        encoder_.error(ResponseCode::sys_temp, "The message cannot be read now");
        co_return Next::go_on;
      }
    }
    if (progress == LongRetrieval::Progress::complete) {
      maildrop_->mark_retrieved(message.sent());
      co_return Next::go_on;
    }
    // Half of a message without the last line: the client sees that it is not whole.
    if (progress == LongRetrieval::Progress::broken)
      co_return end("message lost while it was sent");
    const bool connected = co_await flush();
    if (!connected) co_return Next::end;
  }
}

}  // namespace mailkeep::pop3
