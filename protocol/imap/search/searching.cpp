#include "protocol/imap/search/searching.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/commands/session_commands.h"
#include "protocol/imap/message_limit.h"
#include "protocol/imap/search/filter_loader.h"
#include "protocol/imap/search/search_contexts.h"
#include "protocol/imap/search/search_run.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

// RFC 6203 4. Strings that were found as they are, in words, in part.
constexpr std::uint8_t kExactScore = 100;
constexpr std::uint8_t kWordsScore = 60;
constexpr std::uint8_t kSomeScore = 20;

SearchScope scope_of(Session& session, const FoundMessages& found, FrozenSets* frozen) {
  const MailboxView& view = *session.view();
  return {.uids = view.uids(),
          .recent = view.recent(),
          .saved = &view.saved_result(),
          .filters = found.filters.get(),
          .account = view.account().id(),
          .now = Session::now().seconds,
          .comparator = session.comparator(),
          .frozen = frozen};
}

protocol::Awaitable<OrReply<store::UidSet>> search_once(Session& session, store::SearchQuery query,
                                                        const store::UidSet& among) {
  const MailboxView& view = *session.view();
  SearchProgress progress(session, among.size());
  co_return co_await search_mailbox(session, progress, {view.account(), view.id(), {}}, among,
                                    std::move(query));
}

// The same with another fuzziness, among what was found.
protocol::Awaitable<OrReply<store::UidSet>> search_again(Session& session,
                                                         const SearchProgram& program,
                                                         const FoundMessages& found,
                                                         Fuzziness fuzziness,
                                                         const store::UidSet& among) {
  auto query = resolve_query(program.key, scope_of(session, found, nullptr), fuzziness);
  if (!query) co_return std::unexpected(undefined_filter(query.error()));
  co_return co_await search_once(session, std::move(*query), among);
}

}  // namespace

std::optional<Reply> refusal_of(Session& session, const SearchProgram& program,
                                const ReturnOptions& options) {
  if (options.update && session.contexts().contains(session.command_tag())) {
    return Reply::bad("The results of that tag are updated already");
  }
  if (!program.known_charset) {
    return Reply::no("BADCHARSET (UTF-8 US-ASCII)", "That charset is not known");
  }
  // RFC 5466 3.1: filters are UTF-8, and so is what stands beside them.
  if (program.uses_filters && !equal_ignoring_case(program.charset, "UTF-8") &&
      !equal_ignoring_case(program.charset, "US-ASCII")) {
    Reply reply = Reply::bad("Filters are UTF-8");
    reply.code = "BADCHARSET (UTF-8 US-ASCII)";
    return reply;
  }
  if (options.relevancy && !program.uses_fuzzy) {
    return Reply::bad("RELEVANCY needs a FUZZY search key");
  }
  return std::nullopt;
}

protocol::Awaitable<FilterMap> load_filters(Session& session, const SearchProgram& program) {
  FilterMap filters;
  if (!program.uses_filters) co_return filters;
  co_await session.blocking(
      [&] { FilterLoader(session.account(), session.grammar(), filters).load(program.key); });
  co_return filters;
}

Reply undefined_filter(const UndefinedFilter& filter) {
  return Reply::no("UNDEFINED-FILTER " + filter.name, "There is no such filter");
}

std::uint8_t FoundMessages::score(store::Uid uid) const {
  if (exact.contains(uid)) return kExactScore;
  return all_words.contains(uid) ? kWordsScore : kSomeScore;
}

std::vector<std::uint8_t> FoundMessages::scores() const {
  std::vector<std::uint8_t> result;
  for (const auto& range : uids.ranges()) {
    for (std::uint64_t uid = range.first; uid <= range.last; ++uid) {
      result.push_back(score(store::Uid{static_cast<std::uint32_t>(uid)}));
    }
  }
  return result;
}

protocol::Awaitable<OrReply<FoundMessages>> search_selected(Session& session,
                                                            const SearchProgram& program,
                                                            bool with_scores, BeyondLimit beyond) {
  if (program.uses_modseq) enable_condstore(session);
  FoundMessages found;
  found.filters = std::make_shared<const FilterMap>(co_await load_filters(session, program));
  auto query =
      resolve_query(program.key, scope_of(session, found, &found.sets), Fuzziness::some_words);
  if (!query) co_return std::unexpected(undefined_filter(query.error()));
  // A message that the client was not told of yet has no number here.
  store::UidSet among = session.view()->uids().intersection(store::searched_uids(*query));
  if (beyond != BeyondLimit::search_all) {
    found.limited = limit_messages(session.settings(), among);
    if (beyond == BeyondLimit::refuse && !found.limited.empty()) {
      co_return std::unexpected(
          Reply::no(limit_code(session.settings().message_limit), "Too many messages to look at"));
    }
  }
  auto uids = co_await search_once(session, std::move(*query), among);
  if (!uids) co_return std::unexpected(uids.error());
  found.uids = std::move(*uids);
  if (!with_scores) co_return found;
  found.has_scores = true;
  auto words = co_await search_again(session, program, found, Fuzziness::all_words, found.uids);
  if (!words) co_return std::unexpected(words.error());
  found.all_words = std::move(*words);
  auto exact = co_await search_again(session, program, found, Fuzziness::exact, found.all_words);
  if (!exact) co_return std::unexpected(exact.error());
  found.exact = std::move(*exact);
  co_return found;
}

void keep_updated(Session& session, bool by_uid, SharedSearchProgram program, FoundMessages found,
                  std::vector<SortCriterion> criteria, const ResultList& sorted) {
  SearchContexts& contexts = session.contexts();
  const bool by_relevancy =
      std::ranges::find(criteria, SortKey::relevancy, &SortCriterion::key) != criteria.end();
  if (contexts.full() || by_relevancy) {
    Encoder& out = session.out();
    out.raw("* NO [NOUPDATE ").string(session.command_tag()).raw("] ");
    const std::string_view why =
        by_relevancy ? "Relevancy is not kept up to date" : "Too many searches to update";
    out.utf8_text(translated(session.language(), why)).crlf();
    return;
  }
  UpdateContext context{.tag = session.command_tag(),
                        .by_uid = by_uid,
                        .program = std::move(program),
                        .filters = std::move(found.filters),
                        .comparator = session.comparator(),
                        .sets = std::move(found.sets),
                        .criteria = std::move(criteria),
                        .sorted = {},
                        .members = std::move(found.uids)};
  if (!context.criteria.empty()) context.sorted = sorted.as_numbers();
  contexts.add(std::move(context), session.view()->modseq());
}

protocol::Awaitable<OrReply<void>> finish_results(Session& session, const SearchProgram& program,
                                                  const ReturnOptions& options,
                                                  SearchResults& results) {
  if (!options.save && !program.uses_modseq) co_return OrReply<void>{};
  MailboxView& view = *session.view();
  store::UidSet told = told_results(options, results.uids);
  if (program.uses_modseq && !told.empty()) {
    const auto highest =
        co_await session.blocking([&] { return highest_modseq(view.account(), view.id(), told); });
    if (!highest) co_return std::unexpected(Reply::refused(highest.error()));
    results.modseq = *highest;
  }
  if (options.save) view.save_result(std::move(told));
  co_return OrReply<void>{};
}

}  // namespace mailkeep::imap
