// Searches whose results the client wants to be kept up to date (RFC 5267 4.3, UPDATE), of the
// selected mailbox: which messages each holds, in its order, and what a change of the mailbox adds
// to them and removes from them.
//
// Belongs to one session. Costs O(changes) a look, but for sorted results, which are also walked
// over. look() and settle() read from the store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/mailbox_view.h"
#include "protocol/imap/search/query_resolver.h"
#include "protocol/imap/search/search_key.h"
#include "protocol/imap/thread/sort_order.h"
#include "protocol/imap/wire/encoder.h"

namespace mailkeep::imap {

struct UpdateContext {
  std::string tag;  // of the command that asked for it
  bool by_uid = false;
  SharedSearchProgram program;
  std::shared_ptr<const FilterMap> filters;
  store::Comparator comparator = store::Comparator::unicode_casemap;  // as it was
  FrozenSets sets;                      // of sequence numbers, as they were (RFC 5267 4.3)
  std::vector<SortCriterion> criteria;  // empty: mailbox order
  std::vector<std::uint32_t> sorted;    // UIDs, where there are criteria
  store::UidSet members;                // the same, in mailbox order
};

class SearchContexts {
 public:
  static constexpr std::size_t kMaxContexts = 10;  // RFC 5267 4.3.1: beyond, NOUPDATE

  bool empty() const { return contexts_.empty(); }
  bool full() const { return contexts_.size() >= kMaxContexts; }
  bool contains(std::string_view tag) const;
  // `as_of`: what the mailbox's mod-sequence was before the search.
  void add(UpdateContext context, store::Modseq as_of);
  // False: there is none.
  bool cancel(std::string_view tag);

  // Whether the store has news, without I/O.
  bool may_have_changed(const MailboxView& view) const;
  // Reads what changed, and tells of expunged messages: before their EXPUNGE responses.
  void look(const MailboxView& view, Encoder& out);
  // Tells of the messages that match now and did not, and the other way round: after EXISTS.
  void settle(const MailboxView& view, Encoder& out);

 private:
  void settle_one(UpdateContext& context, const MailboxView& view, const store::UidSet& changed,
                  Encoder& out) const;

  std::vector<UpdateContext> contexts_;
  store::Modseq modseq_;
  store::UidSet changed_;  // not looked at yet; some the client may not know of yet
};

}  // namespace mailkeep::imap
