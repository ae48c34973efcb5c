#include "protocol/imap/fetch/fetch_batches.h"

#include <utility>

namespace mailkeep::imap {
namespace {

constexpr std::size_t kBatchOctets = 256 * 1024;  // of output
constexpr std::size_t kBatchMessages = 4'000;
constexpr std::size_t kBatchMessagesWithBodies = 100;

}  // namespace

FetchBatches::FetchBatches(MailboxView& view, const FetchItems& items, store::UidSet uids,
                           store::FailureSink failed)
    : view_(view),
      items_(items),
      uids_(std::move(uids)),
      renderer_(items, view, std::move(failed)) {
  if (!done()) next_uid_ = uids_.ranges().front().first;
}

store::UidSet FetchBatches::take(std::size_t count) const {
  store::UidSet batch;
  std::uint32_t first = next_uid_;
  for (std::size_t i = range_; i < uids_.ranges().size() && count > 0; ++i) {
    const auto& range = uids_.ranges()[i];
    if (i != range_) first = range.first;
    const std::uint64_t length = std::uint64_t{range.last} - first + 1;
    const auto taken = static_cast<std::uint32_t>(std::min<std::uint64_t>(length, count));
    batch.add({first, first + taken - 1});
    count -= taken;
  }
  return batch;
}

void FetchBatches::advance_past(store::Uid uid) {
  const auto& ranges = uids_.ranges();
  while (range_ < ranges.size() && ranges[range_].last <= uid.value) ++range_;
  if (range_ < ranges.size()) next_uid_ = std::max(ranges[range_].first, uid.value + 1);
}

store::StoreResult<void> FetchBatches::mark_seen(const store::UidSet& uids) {
  store::UidSet unseen;
  auto cursor = view_.account().messages(view_.id(), uids, store::Detail::flags);
  if (!cursor) return std::unexpected(cursor.error());
  while ((*cursor)->next()) {
    const store::MessageRow& row = (*cursor)->row();
    if ((row.flags & store::flag::seen) == 0) unseen.add(row.uid);
  }
  cursor->reset();
  if (unseen.empty()) return {};
  const store::FlagChange change{unseen, store::FlagOperation::add, {store::flag::seen, {}}, {}};
  const auto results = view_.account().change_flags(view_.id(), {&change, 1});
  if (!results.front()) return std::unexpected(results.front().error());
  view_.own_flag_change(*results.front());
  for (const auto& range : unseen.ranges()) newly_seen_.add(range);
  return {};
}

store::StoreResult<void> FetchBatches::next(std::string& out, std::vector<LargeLiteral>& large) {
  const bool marks = items_.sets_seen && !view_.read_only() && view_.may(right::keep_seen);
  const store::UidSet batch = take(marks ? kBatchMessagesWithBodies : kBatchMessages);
  if (marks) {
    if (auto marked = mark_seen(batch); !marked) return marked;
  }
  auto cursor = view_.account().messages(view_.id(), batch, renderer_.detail());
  if (!cursor) return std::unexpected(cursor.error());
  const std::size_t start = out.size();
  while ((*cursor)->next()) {
    const store::MessageRow& row = (*cursor)->row();
    const bool may_be_large = renderer_.may_be_large(row.size);
    // A large message begins a batch of its own: what is before it goes out first.
    if (may_be_large && out.size() != start) return {};
    renderer_.render(**cursor, newly_seen_.contains(row.uid), out, large);
    large_uid_ = row.uid;
    advance_past(row.uid);
    if (!large.empty() || out.size() - start >= kBatchOctets) return {};
  }
  advance_past(store::Uid{batch.ranges().back().last});
  return {};
}

}  // namespace mailkeep::imap
