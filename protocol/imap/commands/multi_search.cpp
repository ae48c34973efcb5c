#include "protocol/imap/commands/multi_search.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "protocol/imap/message_limit.h"
#include "protocol/imap/search/search_key_parser.h"
#include "protocol/imap/search/search_run.h"
#include "protocol/imap/search/searching.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// esearch-source-opts = "IN" SP "(" source-mbox [SP "(" scope-options ")"] ")" (RFC 7377 4). No
// scope option is known to anybody.
Parsed<void> parse_sources(Decoder& decoder, std::vector<MailboxFilter>& sources) {
  if (auto ok = decoder.sp(); !ok) return ok;
  if (auto ok = decoder.expect('('); !ok) return ok;
  do {
    if (decoder.peek() == '(') return decoder.fail("unknown scope option");
    auto filter = parse_mailbox_filter(decoder);
    if (!filter) return std::unexpected(filter.error());
    if (filter->kind == MailboxFilter::Kind::selected_delayed) {
      return decoder.fail("SELECTED-DELAYED is not for searches");
    }
    if (sources.size() >= kMaxFilterNames) return decoder.fail("too many mailboxes");
    sources.push_back(std::move(*filter));
  } while (decoder.accept(' '));
  return decoder.expect(')');
}

bool is_selected(const MailboxFilter& filter) {
  return filter.kind == MailboxFilter::Kind::selected;
}

// What is searched; the selected mailbox is none of these.
using Mailboxes = std::vector<ReachedMailbox>;

// Explicit names need the right to read, the others that to look up too (RFC 7377 2.2); what lacks
// them is passed over.
store::StoreResult<Mailboxes> mailboxes_of(const Session& session,
                                           const MultiSearchCommand& command) {
  auto all = session.mailboxes().all();
  if (!all) return std::unexpected(all.error());
  Mailboxes meant;
  std::set<std::pair<store::AccountId, store::MailboxId>> seen;
  const auto add = [&](ReachedMailbox&& mailbox) {
    if (!mailbox.info.selectable || (mailbox.rights & right::read) == 0) return;
    if (!seen.emplace(mailbox.account->id(), mailbox.info.id).second) return;
    meant.push_back(std::move(mailbox));
  };
  for (ReachedMailbox& mailbox : *all) {
    const bool is = std::ranges::any_of(command.sources, [&](const MailboxFilter& filter) {
      return is_meant(filter, mailbox, session.mailboxes());
    });
    if (is) add(std::move(mailbox));
  }
  for (const MailboxFilter& filter : command.sources) {
    for (const std::string& name : filter.names) {
      auto mailbox = session.mailboxes().find_selectable(name, right::read);
      if (mailbox) add(std::move(*mailbox));
    }
  }
  return meant;
}

// One mailbox at a time.
class MultiSearch {
 public:
  MultiSearch(Session& session, const MultiSearchCommand& command, std::uint64_t messages)
      : session_(session), command_(command), progress_(session, messages) {}

  protocol::Awaitable<OrReply<void>> search_view() {
    const MailboxView& view = *session_.view();
    auto found = co_await search_selected(session_, *command_.program, command_.options.relevancy,
                                          BeyondLimit::refuse);
    if (!found) co_return std::unexpected(found.error());
    SearchResults results{.uids = ResultList(found->uids), .modseq = {}, .scores = {}};
    if (command_.options.relevancy) results.scores = found->scores();
    auto finished = co_await finish_results(session_, *command_.program, command_.options, results);
    if (!finished) co_return std::unexpected(finished.error());
    tell(results, {view.info().name, view.info().uid_validity});
    if (command_.options.update) {
      keep_updated(session_, true, command_.program, std::move(*found), {}, {});
    }
    co_return OrReply<void>{};
  }

  protocol::Awaitable<OrReply<void>> search(const ReachedMailbox& mailbox) {
    store::Account& account = *mailbox.account;
    const store::MailboxId id = mailbox.info.id;
    auto snapshot = co_await session_.blocking([&] { return account.snapshot(id); });
    if (!snapshot) co_return OrReply<void>{};  // it has just been deleted
    const store::UidMap& uids = *snapshot->uids;
    store::UidSet recent;
    if (snapshot->info.first_recent < snapshot->info.uid_next) {
      recent.add({snapshot->info.first_recent.value, snapshot->info.uid_next.value - 1});
    }
    if (!filters_) filters_ = co_await load_filters(session_, *command_.program);
    const SearchScope scope{.uids = uids,
                            .recent = recent,
                            .filters = &*filters_,
                            .account = account.id(),
                            .now = Session::now().seconds,
                            .comparator = session_.comparator()};
    auto query = resolve_query(command_.program->key, scope, Fuzziness::some_words);
    if (!query) co_return std::unexpected(undefined_filter(query.error()));
    auto found = co_await search_mailbox(session_, progress_, {account, id, mailbox.name},
                                         uids.all(), std::move(*query));
    if (!found) co_return std::unexpected(found.error());
    SearchResults results{.uids = ResultList(*found), .modseq = {}, .scores = {}};
    if (command_.program->uses_modseq && !found->empty()) {
      const auto told = told_results(command_.options, results.uids);
      const auto highest =
          co_await session_.blocking([&] { return highest_modseq(account, id, told); });
      if (highest) results.modseq = *highest;
    }
    tell(results, {mailbox.name, snapshot->info.uid_validity});
    co_return OrReply<void>{};
  }

 private:
  // RFC 7377 2.1: nothing of mailboxes where nothing matches.
  void tell(const SearchResults& results, const ResultMailbox& mailbox) {
    if (results.uids.empty() || !command_.options.wants_response()) return;
    write_esearch(session_.out(), session_.command_tag(), command_.options, results, nullptr,
                  mailbox);
  }

  Session& session_;
  const MultiSearchCommand& command_;
  SearchProgress progress_;
  std::optional<FilterMap> filters_;
};

}  // namespace

// esearch = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program
Parsed<MultiSearchCommand> parse_multi_search(Decoder& decoder) {
  MultiSearchCommand command;
  Decoder ahead = decoder;
  if (ahead.accept(' ') && ahead.accept_word("IN")) {
    decoder = ahead;
    if (auto ok = parse_sources(decoder, command.sources); !ok) {
      return std::unexpected(ok.error());
    }
  }
  auto options = parse_return_options(decoder);
  if (!options) return std::unexpected(options.error());
  command.options = *options;
  if (!options->given) command.options.given = command.options.all = true;
  const bool elsewhere = !std::ranges::all_of(command.sources, is_selected);
  if (elsewhere && options->save) return decoder.fail("SAVE is for the selected mailbox only");
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  auto program = parse_search_program(decoder);
  if (!program) return std::unexpected(program.error());
  command.program = share(std::move(*program));
  return command;
}

protocol::Awaitable<Reply> handle(Session& session, const MultiSearchCommand& command) {
  const bool selected =
      command.sources.empty() || std::ranges::any_of(command.sources, is_selected);
  if ((selected || command.options.update) && !session.view()) {
    co_return Reply::bad("No mailbox is selected");
  }
  if (command.options.update && !selected) {
    co_return Reply::bad("UPDATE is for the selected mailbox only");
  }
  if (command.options.save) session.view()->save_result({});
  if (auto refusal = refusal_of(session, *command.program, command.options)) co_return *refusal;
  auto mailboxes = co_await session.blocking([&] { return mailboxes_of(session, command); });
  if (!mailboxes) co_return Reply::refused(mailboxes.error());
  if (mailboxes->size() > kMaxSearchedMailboxes) {
    co_return Reply::no("LIMIT", "Too many mailboxes to search at once");
  }
  std::uint64_t messages = 0;
  for (const ReachedMailbox& mailbox : *mailboxes) messages += mailbox.info.messages;
  if (const std::uint32_t limit = session.settings().message_limit;
      limit != 0 && messages > limit) {
    co_return Reply::no(limit_code(limit), "Too many messages to look at");
  }
  MultiSearch search(session, command, messages);
  if (selected) {
    auto done = co_await search.search_view();
    if (!done) co_return done.error();
  }
  for (const ReachedMailbox& mailbox : *mailboxes) {
    const bool again = selected && mailbox.info.id == session.view()->id() &&
                       mailbox.account->id() == session.view()->account().id();
    if (again) continue;
    auto done = co_await search.search(mailbox);
    if (!done) co_return done.error();
    const bool connected = co_await session.flush_if_large();
    if (!connected) co_return Reply::end();
  }
  co_return Reply::ok("ESEARCH completed");
}

}  // namespace mailkeep::imap
