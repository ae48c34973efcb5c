#include "protocol/imap/commands/sort.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/search/search_key_parser.h"
#include "protocol/imap/search/search_reply.h"
#include "protocol/imap/search/searching.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// sort = ["UID" SP] "SORT" [search-return-opts] SP sort-criteria SP search-criteria (RFC 5267 5)
Parsed<SortCommand> read_sort(Decoder& decoder, bool by_uid) {
  SortCommand command;
  command.by_uid = by_uid;
  if (decoder.allows(Capability::esort) || decoder.allows(Capability::context_sort)) {
    auto options = parse_return_options(decoder);
    if (!options) return std::unexpected(options.error());
    const bool of_context = options->update || options->context;
    if (of_context && !decoder.allows(Capability::context_sort)) {
      return decoder.fail("unknown RETURN option");
    }
    command.options = *options;
  }
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto criteria = parse_sort_criteria(decoder);
  if (!criteria) return std::unexpected(criteria.error());
  command.criteria = std::move(*criteria);
  auto program = parse_sorted_program(decoder);
  if (!program) return std::unexpected(program.error());
  command.program = share(std::move(*program));
  return command;
}

bool by_relevancy(const SortCommand& command) {
  return std::ranges::find(command.criteria, SortKey::relevancy, &SortCriterion::key) !=
         command.criteria.end();
}

// What was found in the order of the criteria, with scores where they are asked for.
store::StoreResult<SearchResults> sorted_results(MailboxView& view, const SortCommand& command,
                                                 const FoundMessages& found,
                                                 store::Comparator comparator) {
  const auto table =
      view.account().sort_keys(view.id(), found.uids, detail_for(command.criteria), comparator);
  if (!table) return std::unexpected(table.error());
  const auto& rows = table->rows();
  std::vector<std::uint8_t> scores;
  if (found.has_scores) {
    for (const store::SortKeys& row : rows) scores.push_back(found.score(row.uid));
  }
  SearchResults results;
  for (const std::uint32_t place : sorted_places(rows, command.criteria, scores)) {
    results.uids.append(rows[place].uid.value);
    if (found.has_scores) results.scores.push_back(scores[place]);
  }
  return results;
}

void write_sort(Encoder& out, const SearchResults& results, const store::UidMap* uids) {
  out.raw("* SORT");
  (uids ? results.uids.as_sequence_numbers(*uids) : results.uids).write_numbers(out);
  if (results.modseq) out.raw(" (MODSEQ ").number(results.modseq->value).raw(")");
  out.crlf();
}

}  // namespace

Parsed<SortCommand> parse_sort(Decoder& decoder) {
  return read_sort(decoder, false);
}
Parsed<SortCommand> parse_uid_sort(Decoder& decoder) {
  return read_sort(decoder, true);
}

protocol::Awaitable<Reply> handle(Session& session, const SortCommand& command) {
  MailboxView& view = *session.view();
  const ReturnOptions& options = command.options;
  if (options.save) view.save_result({});
  if (auto refusal = refusal_of(session, *command.program, options)) co_return *refusal;
  const bool relevancy = by_relevancy(command);
  if (relevancy && !command.program->uses_fuzzy) {
    co_return Reply::bad("RELEVANCY needs a FUZZY search key");
  }
  auto found = co_await search_selected(session, *command.program, relevancy || options.relevancy,
                                        BeyondLimit::search_all);
  if (!found) co_return found.error();
  auto results = co_await session.blocking(
      [&] { return sorted_results(view, command, *found, session.comparator()); });
  if (!results) co_return Reply::refused(results.error());
  auto finished = co_await finish_results(session, *command.program, options, *results);
  if (!finished) co_return finished.error();
  const store::UidMap* numbers = command.by_uid ? nullptr : &view.uids();
  if (!options.given) {
    write_sort(session.out(), *results, numbers);
  } else if (options.wants_response()) {
    write_esearch(session.out(), session.command_tag(), options, *results, numbers);
  }
  if (options.update) {
    keep_updated(session, command.by_uid, command.program, std::move(*found), command.criteria,
                 results->uids);
  }
  co_return Reply::ok(command.by_uid ? "UID SORT completed" : "SORT completed");
}

}  // namespace mailkeep::imap
