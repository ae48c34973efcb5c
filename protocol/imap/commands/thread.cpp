#include "protocol/imap/commands/thread.h"

#include <utility>
#include <vector>

#include "protocol/imap/search/search_key_parser.h"
#include "protocol/imap/search/searching.h"
#include "protocol/imap/session.h"
#include "protocol/imap/thread/ordered_subject.h"
#include "protocol/imap/thread/references.h"

namespace mailkeep::imap {
namespace {

// thread-alg (RFC 5256 5)
Parsed<ThreadAlgorithm> parse_algorithm(Decoder& decoder) {
  if (decoder.accept_word("REFERENCES", Capability::thread_references)) {
    return ThreadAlgorithm::references;
  }
  if (decoder.accept_word("REFS", Capability::thread_refs)) return ThreadAlgorithm::refs;
  if (decoder.accept_word("ORDEREDSUBJECT", Capability::thread_ordered_subject)) {
    return ThreadAlgorithm::ordered_subject;
  }
  return decoder.fail("unknown threading algorithm");
}

// thread = ["UID" SP] "THREAD" SP thread-alg SP search-criteria (RFC 5256 5)
Parsed<ThreadCommand> read_thread(Decoder& decoder, bool by_uid) {
  ThreadCommand command;
  command.by_uid = by_uid;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  const auto algorithm = parse_algorithm(decoder);
  if (!algorithm) return std::unexpected(algorithm.error());
  command.algorithm = *algorithm;
  auto program = parse_sorted_program(decoder);
  if (!program) return std::unexpected(program.error());
  command.program = share(std::move(*program));
  return command;
}

ThreadForest thread(ThreadAlgorithm algorithm, std::span<const ThreadMessage> messages) {
  switch (algorithm) {
    case ThreadAlgorithm::ordered_subject:
      return thread_by_subject(messages);
    case ThreadAlgorithm::refs:
      return thread_by_refs(messages);
    case ThreadAlgorithm::references:
      break;
  }
  return thread_by_references(messages);
}

// The whole response, out of the store's keys.
void write_response(Encoder& out, const ThreadCommand& command, const store::SortTable& table,
                    const store::UidMap& uids) {
  std::vector<ThreadMessage> messages;
  std::vector<std::uint32_t> numbers;
  messages.reserve(table.rows().size());
  numbers.reserve(table.rows().size());
  for (const store::SortKeys& row : table.rows()) {
    messages.push_back({.sent = row.sent,
                        .subject = row.subject,
                        .is_reply = row.is_reply,
                        .message_id = row.message_id,
                        .references = row.references});
    numbers.push_back(command.by_uid ? row.uid.value : uids.sequence_of(row.uid));
  }
  out.raw("* THREAD");
  if (!messages.empty()) out.sp();
  write_threads(out, thread(command.algorithm, messages), numbers);
  out.crlf();
}

}  // namespace

Parsed<ThreadCommand> parse_thread(Decoder& decoder) {
  return read_thread(decoder, false);
}
Parsed<ThreadCommand> parse_uid_thread(Decoder& decoder) {
  return read_thread(decoder, true);
}

protocol::Awaitable<Reply> handle(Session& session, const ThreadCommand& command) {
  MailboxView& view = *session.view();
  if (auto refusal = refusal_of(session, *command.program, {})) co_return *refusal;
  auto found = co_await search_selected(session, *command.program, false, BeyondLimit::refuse);
  if (!found) co_return found.error();
  std::string response;
  const auto done = co_await session.blocking([&]() -> store::StoreResult<void> {
    const auto table = view.account().sort_keys(
        view.id(), found->uids, store::SortDetail::everything, session.comparator());
    if (!table) return std::unexpected(table.error());
    Encoder out(response);
    write_response(out, command, *table, view.uids());
    return {};
  });
  if (!done) co_return Reply::refused(done.error());
  session.out().raw(response);
  co_return Reply::ok(command.by_uid ? "UID THREAD completed" : "THREAD completed");
}

}  // namespace mailkeep::imap
