// What SEARCH, SORT and THREAD have in common: the program's checks, its filters, its query, the
// search in the selected mailbox, and what is done with the results.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/reply.h"
#include "protocol/imap/search/query_resolver.h"
#include "protocol/imap/search/return_options.h"
#include "protocol/imap/search/search_key.h"
#include "protocol/imap/search/search_reply.h"
#include "protocol/imap/thread/sort_order.h"
#include "protocol/stream.h"
#include "store/account.h"

namespace mailkeep::imap {

class Session;

// The reply is the command's where there is no result.
template <class T>
using OrReply = std::expected<T, Reply>;

// Why `program` cannot be run with `options`; nothing where it can.
std::optional<Reply> refusal_of(Session& session, const SearchProgram& program,
                                const ReturnOptions& options);

// The filters that the program uses, and those that they use (RFC 5466). A filter that is not there
// or cannot be read is left out.
protocol::Awaitable<FilterMap> load_filters(Session& session, const SearchProgram& program);

// The reply to a filter that is not there (RFC 5466 3.1).
Reply undefined_filter(const UndefinedFilter& filter);

struct FoundMessages {
  store::UidSet uids;
  std::string limited;  // the response code where not all were looked at (RFC 9738), else empty
  std::shared_ptr<const FilterMap> filters;
  FrozenSets sets;
  // Of the messages with scores: those that match best, and those that match better.
  bool has_scores = false;
  store::UidSet exact;
  store::UidSet all_words;

  std::uint8_t score(store::Uid uid) const;  // RFC 6203 4: 1 to 100
  std::vector<std::uint8_t> scores() const;  // of `uids`, in their order
};

// What a search that would look at more messages than one command may (RFC 9738) does.
enum class BeyondLimit : std::uint8_t {
  search_all,   // SORT, whose keys are kept (RFC 9738 3.3)
  search_last,  // looks at the last ones
  refuse,       // THREAD, and searches of several mailboxes
};

// The messages of the selected mailbox that match and that the client has been told of.
protocol::Awaitable<OrReply<FoundMessages>> search_selected(Session& session,
                                                            const SearchProgram& program,
                                                            bool with_scores, BeyondLimit beyond);

// Keeps the results of the command that runs up to date from now on (RFC 5267 4.3), or tells that
// it is not going to. `sorted`: in the order of the criteria; not used where there are none.
void keep_updated(Session& session, bool by_uid, SharedSearchProgram program, FoundMessages found,
                  std::vector<SortCriterion> criteria, const ResultList& sorted);

// Adds the mod-sequence where the program asks for it, and saves what is to be saved.
protocol::Awaitable<OrReply<void>> finish_results(Session& session, const SearchProgram& program,
                                                  const ReturnOptions& options,
                                                  SearchResults& results);

}  // namespace mailkeep::imap
