#include "protocol/imap/commands/copy_across.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace mailkeep::imap {
namespace {

constexpr std::uint64_t kCopyPieceOctets = 256 * 1024;
// Messages on their way to another account wait in memory for the commit, each with a frame.
constexpr std::size_t kMessagesAtOnce = 64;

store::UidSet copies_of(const store::CopyResult& result) {
  store::UidSet copies;
  for (const auto& [source, copy] : result.uids) copies.add(copy);
  return copies;
}

// Flags that came along with copies although their user may not set them there.
store::StoreResult<void> drop_flags(const ReachedMailbox& destination,
                                    const store::CopyResult& copied) {
  const store::FlagBits extra = ~permitted_bits(destination.rights);
  if ((extra & store::flag::system) == 0 || copied.uids.empty()) return {};
  store::FlagChange change;
  change.uids = copies_of(copied);
  change.operation = store::FlagOperation::remove;
  change.flags.system = extra & store::flag::system;
  if ((destination.rights & right::write) == 0) change.flags.keywords = *destination.info.keywords;
  const auto changed = destination.account->change_flags(destination.info.id, {&change, 1});
  if (!changed.front()) return std::unexpected(changed.front().error());
  return {};
}

store::StoreResult<store::CopyResult> copy_within(const MailboxView& view,
                                                  const store::UidSet& uids,
                                                  const ReachedMailbox& destination, bool move) {
  store::Account& account = view.account();
  auto copied = move ? account.move(view.id(), uids, destination.info.name)
                     : account.copy(view.id(), uids, destination.info.name);
  if (!copied) return copied;
  if (auto dropped = drop_flags(destination, *copied); !dropped) {
    return std::unexpected(dropped.error());
  }
  return copied;
}

store::NewMessage read_message(store::MessageCursor& cursor, const ReachedMailbox& destination,
                               const std::vector<std::string>& keywords) {
  const store::MessageRow& row = cursor.row();
  store::NewMessage message{
      destination.account->begin_upload(),
      permitted_flags(store::flags_by_name(row.flags, keywords), destination.rights),
      row.internal_date};
  std::string piece;
  for (std::uint64_t at = 0; at < row.size; at += kCopyPieceOctets) {
    piece.clear();
    cursor.read(at, kCopyPieceOctets, piece);
    message.upload.write(piece);
  }
  return message;
}

// The first of `uids` from `from` on.
store::UidSet take(const store::UidSet& uids, std::uint32_t from) {
  store::UidSet taken;
  std::size_t left = kMessagesAtOnce;
  for (const auto& range : uids.ranges()) {
    if (left == 0) break;
    if (range.last < from) continue;
    const std::uint32_t first = std::max(range.first, from);
    const auto count = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(left, std::uint64_t{range.last} - first + 1));
    taken.add({first, first + count - 1});
    left -= count;
  }
  return taken;
}

// Copies one stretch; its pairs go to `result`.
store::StoreResult<void> copy_stretch(const MailboxView& view, const store::UidSet& uids,
                                      const ReachedMailbox& destination,
                                      store::CopyResult& result) {
  auto cursor = view.account().messages(view.id(), uids, store::Detail::row);
  if (!cursor) return std::unexpected(cursor.error());
  std::vector<store::NewMessage> messages;
  std::vector<store::Uid> sources;
  while ((*cursor)->next()) {
    sources.push_back((*cursor)->row().uid);
    messages.push_back(read_message(**cursor, destination, view.keywords()));
  }
  cursor->reset();
  if (messages.empty()) return {};
  auto appended = destination.account->append(destination.info.name, std::move(messages));
  if (!appended) return std::unexpected(appended.error());
  result.uid_validity = appended->uid_validity;
  auto source = sources.begin();
  for (const auto& range : appended->uids.ranges()) {
    for (std::uint32_t uid = range.first; uid <= range.last; ++uid) {
      result.uids.emplace_back(*source++, store::Uid{uid});
    }
  }
  return {};
}

// Stretch by stretch; where one fails, those before it are taken back.
store::StoreResult<store::CopyResult> copy_to_account(const MailboxView& view,
                                                      const store::UidSet& uids,
                                                      const ReachedMailbox& destination) {
  store::CopyResult result;
  result.uid_validity = destination.info.uid_validity;
  std::uint32_t from = 1;
  for (;;) {
    const store::UidSet stretch = take(uids, from);
    if (stretch.empty()) return result;
    if (auto copied = copy_stretch(view, stretch, destination, result); !copied) {
      const auto taken_back = destination.account->expunge(destination.info.id, copies_of(result));
      return std::unexpected(taken_back ? copied.error() : taken_back.error());
    }
    const std::uint32_t last = stretch.ranges().back().last;
    if (last == UINT32_MAX) return result;
    from = last + 1;
  }
}

}  // namespace

store::StoreResult<store::CopyResult> transfer_messages(const MailboxAccess& mailboxes,
                                                        MailboxView& view,
                                                        const store::UidSet& uids,
                                                        const std::string& destination, bool move) {
  const auto target = mailboxes.find_selectable(destination, right::insert);
  if (!target) return std::unexpected(target.error());
  if (move && !view.may(right::mark_deleted | right::expunge)) {
    return std::unexpected(store::StoreError::no_permission);
  }
  if (target->account->id() == view.account().id()) {
    auto copied = copy_within(view, uids, *target, move);
    if (copied && target->info.id == view.id()) view.note_own_messages(copies_of(*copied));
    return copied;
  }
  auto copied = copy_to_account(view, uids, *target);
  if (!copied || !move) return copied;
  store::UidSet sources;
  for (const auto& [source, copy] : copied->uids) sources.add(source);
  // The accounts share no transaction: copies are there before the messages go, and are taken back
  // where that is refused. What stops in between, a crash, leaves both; nothing is ever lost.
  const auto expunged = view.account().expunge(view.id(), sources);
  if (expunged) return copied;
  const auto taken_back = target->account->expunge(target->info.id, copies_of(*copied));
  return std::unexpected(taken_back ? expunged.error() : taken_back.error());
}

}  // namespace mailkeep::imap
