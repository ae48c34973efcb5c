#include "protocol/imap/commands/search.h"

#include <utility>

#include "protocol/imap/search/search_key_parser.h"
#include "protocol/imap/search/search_reply.h"
#include "protocol/imap/search/searching.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// search = "SEARCH" [search-return-opts] SP search-program (RFC 4466 6)
Parsed<SearchCommand> read_search(Decoder& decoder, bool by_uid) {
  SearchCommand command;
  command.by_uid = by_uid;
  auto options = parse_return_options(decoder);
  if (!options) return std::unexpected(options.error());
  command.options = *options;
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto program = parse_search_program(decoder);
  if (!program) return std::unexpected(program.error());
  command.program = share(std::move(*program));
  return command;
}

void write_search(Encoder& out, const SearchResults& results, const store::UidMap* uids) {
  out.raw("* SEARCH");
  (uids ? results.uids.as_sequence_numbers(*uids) : results.uids).write_numbers(out);
  // RFC 7162 3.1.5
  if (results.modseq) out.raw(" (MODSEQ ").number(results.modseq->value).raw(")");
  out.crlf();
}

}  // namespace

Parsed<SearchCommand> parse_search(Decoder& decoder) {
  return read_search(decoder, false);
}
Parsed<SearchCommand> parse_uid_search(Decoder& decoder) {
  return read_search(decoder, true);
}

protocol::Awaitable<Reply> handle(Session& session, const SearchCommand& command) {
  MailboxView& view = *session.view();
  ReturnOptions options = command.options;
  // RFC 9051 6.4.4: without result options IMAP4rev2 answers as with ALL.
  if (!options.given && session.enabled().imap4rev2) options.given = options.all = true;
  // A search that was to be saved and failed leaves nothing saved (RFC 5182 2.1).
  if (options.save) view.save_result({});
  if (auto refusal = refusal_of(session, *command.program, options)) co_return *refusal;
  auto found = co_await search_selected(session, *command.program, options.relevancy,
                                        BeyondLimit::search_last);
  if (!found) co_return found.error();
  SearchResults results{.uids = ResultList(found->uids), .modseq = {}, .scores = {}};
  if (options.relevancy) results.scores = found->scores();
  auto finished = co_await finish_results(session, *command.program, options, results);
  if (!finished) co_return finished.error();
  const store::UidMap* numbers = command.by_uid ? nullptr : &view.uids();
  if (!options.given) {
    write_search(session.out(), results, numbers);
  } else if (options.wants_response()) {
    write_esearch(session.out(), session.command_tag(), options, results, numbers);
  }
  std::string limited = std::move(found->limited);
  if (options.update) {
    keep_updated(session, command.by_uid, command.program, std::move(*found), {}, {});
  }
  co_return Reply::ok(std::move(limited),
                      command.by_uid ? "UID SEARCH completed" : "SEARCH completed");
}

}  // namespace mailkeep::imap
