#include "protocol/imap/search/search_contexts.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/search/result_list.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

// Up to so many new results find their places one by one, without reading the keys of all.
constexpr std::uint64_t kPlacedOneByOne = 64;

// Positions and results, for ADDTO and REMOVEFROM (RFC 5267 5).
struct Update {
  std::uint64_t position;  // 0: mailbox order
  ResultList uids;
};

void write_updates(Encoder& out, const UpdateContext& context, const MailboxView& view,
                   std::string_view name, const std::vector<Update>& updates) {
  if (updates.empty()) return;
  out.raw("* ESEARCH (TAG ").string(context.tag).raw(")");
  if (context.by_uid) out.raw(" UID");
  out.sp().raw(name).raw(" (");
  bool first = true;
  for (const Update& update : updates) {
    if (!first) out.sp();
    first = false;
    out.number(update.position).sp();
    (context.by_uid ? update.uids : update.uids.as_sequence_numbers(view.uids())).write_set(out);
  }
  out.raw(")").crlf();
}

// Takes `gone` out of the results.
std::vector<Update> remove(UpdateContext& context, const store::UidSet& gone) {
  std::vector<Update> updates;
  if (gone.empty()) return updates;
  context.members = context.members.difference(gone);
  if (context.criteria.empty()) {
    updates.push_back({0, ResultList(gone)});
    return updates;
  }
  std::vector<std::uint32_t> kept;
  kept.reserve(context.sorted.size());
  bool follows = false;  // one that was removed
  for (const std::uint32_t uid : context.sorted) {
    if (!gone.contains(store::Uid{uid})) {
      kept.push_back(uid);
      follows = false;
      continue;
    }
    if (!follows) updates.push_back({kept.size() + 1, {}});
    updates.back().uids.append(uid);
    follows = true;
  }
  context.sorted = std::move(kept);
  return updates;
}

class Sorter {
 public:
  Sorter(const UpdateContext& context, const MailboxView& view) : context_(context), view_(view) {}

  // The results with `added`, in their order.
  std::vector<std::uint32_t> with(const store::UidSet& added, const store::UidSet& members) const {
    if (added.size() > kPlacedOneByOne) return sort_all(members);
    std::vector<std::uint32_t> sorted = context_.sorted;
    const auto table = keys_of(added);
    if (!table) return sorted;
    for (const store::SortKeys& row : table->rows()) {
      const auto place = std::ranges::partition_point(
          sorted, [&](std::uint32_t uid) { return !is_before(row, uid); });
      sorted.insert(place, row.uid.value);
    }
    return sorted;
  }

 private:
  store::StoreResult<store::SortTable> keys_of(const store::UidSet& uids) const {
    return view_.account().sort_keys(view_.id(), uids, detail_for(context_.criteria),
                                     context_.comparator);
  }

  bool is_before(const store::SortKeys& row, std::uint32_t uid) const {
    const auto table = keys_of(store::UidSet({uid, uid}));
    if (!table || table->rows().empty()) return false;
    const store::SortKeys& other = table->rows().front();
    if (sorts_before(row, other, context_.criteria)) return true;
    return !sorts_before(other, row, context_.criteria) && row.uid < other.uid;
  }

  std::vector<std::uint32_t> sort_all(const store::UidSet& members) const {
    std::vector<std::uint32_t> sorted;
    const auto table = keys_of(members);
    if (!table) return context_.sorted;
    for (const std::uint32_t place : sorted_places(table->rows(), context_.criteria, {})) {
      sorted.push_back(table->rows()[place].uid.value);
    }
    return sorted;
  }

  const UpdateContext& context_;
  const MailboxView& view_;
};

std::vector<Update> add(UpdateContext& context, const MailboxView& view,
                        const store::UidSet& added) {
  std::vector<Update> updates;
  if (added.empty()) return updates;
  for (const auto& range : added.ranges()) context.members.add(range);
  if (context.criteria.empty()) {
    updates.push_back({0, ResultList(added)});
    return updates;
  }
  context.sorted = Sorter(context, view).with(added, context.members);
  bool follows = false;  // one that was added
  for (std::size_t i = 0; i < context.sorted.size(); ++i) {
    const bool is_new = added.contains(store::Uid{context.sorted[i]});
    if (is_new && !follows) updates.push_back({i + 1, {}});
    if (is_new) updates.back().uids.append(context.sorted[i]);
    follows = is_new;
  }
  return updates;
}

}  // namespace

bool SearchContexts::contains(std::string_view tag) const {
  return std::ranges::find(contexts_, tag, &UpdateContext::tag) != contexts_.end();
}

void SearchContexts::add(UpdateContext context, store::Modseq as_of) {
  if (contexts_.empty()) {
    modseq_ = as_of;
    changed_ = {};
  }
  contexts_.push_back(std::move(context));
}

bool SearchContexts::cancel(std::string_view tag) {
  return std::erase_if(contexts_, [&](const auto& context) { return context.tag == tag; }) != 0;
}

bool SearchContexts::may_have_changed(const MailboxView& view) const {
  if (contexts_.empty()) return false;
  const store::Modseq latest = view.account().latest_modseq(view.id());
  return latest.value == 0 || latest > modseq_ || !changed_.empty();
}

void SearchContexts::look(const MailboxView& view, Encoder& out) {
  auto changes = view.account().changes_since(view.id(), modseq_);
  // A mailbox that is gone has lost its messages.
  const store::UidSet gone = changes ? changes->expunged : view.uids().all();
  if (changes) {
    modseq_ = changes->highest_modseq;
    for (const auto& row : changes->changed) changed_.add(row.uid);
  }
  changed_ = changed_.difference(gone);
  for (UpdateContext& context : contexts_) {
    const auto removed = remove(context, context.members.intersection(gone));
    write_updates(out, context, view, "REMOVEFROM", removed);
  }
}

void SearchContexts::settle(const MailboxView& view, Encoder& out) {
  const store::UidSet known = view.uids().intersection(changed_);
  if (known.empty()) return;
  changed_ = changed_.difference(known);
  for (UpdateContext& context : contexts_) settle_one(context, view, known, out);
}

void SearchContexts::settle_one(UpdateContext& context, const MailboxView& view,
                                const store::UidSet& changed, Encoder& out) const {
  FrozenSets sets{context.sets.sets, 0};
  const SearchScope scope{.uids = view.uids(),
                          .recent = view.recent(),
                          .saved = &view.saved_result(),
                          .filters = context.filters.get(),
                          .account = view.account().id(),
                          .now = Session::now().seconds,
                          .comparator = context.comparator,
                          .frozen = &sets};
  auto query = resolve_query(context.program->key, scope, Fuzziness::some_words);
  if (!query) return;
  store::SearchAnd both;
  both.operands.push_back({store::SearchUids{changed}});
  both.operands.push_back(std::move(*query));
  const auto found = view.account().search(view.id(), {std::move(both)});
  if (!found) return;
  const store::UidSet before = context.members.intersection(changed);
  write_updates(out, context, view, "REMOVEFROM", remove(context, before.difference(*found)));
  write_updates(out, context, view, "ADDTO", imap::add(context, view, found->difference(before)));
}

}  // namespace mailkeep::imap
