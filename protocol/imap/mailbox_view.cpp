#include "protocol/imap/mailbox_view.h"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <utility>

namespace mailkeep::imap {
namespace {

// `from` without the UIDs of `gone`.
store::UidSet without(const store::UidSet& from, const store::UidSet& gone) {
  store::UidMap map;
  for (const auto& range : from.ranges()) map.append(range);
  map.remove(gone);
  return map.all();
}

bool by_uid_and_modseq(const store::FlagRow& a, const store::FlagRow& b) {
  return std::tie(a.uid, a.modseq) < std::tie(b.uid, b.modseq);
}

}  // namespace

MailboxView::MailboxView(std::shared_ptr<store::Account> account, store::MailboxSnapshot snapshot,
                         bool read_only, store::UidSet recent, Rights rights, std::string name)
    : account_(std::move(account)),
      info_(std::move(snapshot.info)),
      shared_uids_(std::move(snapshot.uids)),
      read_only_(read_only),
      rights_(rights),
      name_(std::move(name)),
      recent_(std::move(recent)),
      modseq_(info_.highest_modseq) {}

store::UidMap& MailboxView::own_uids() {
  if (!own_uids_) {
    own_uids_ = std::make_unique<store::UidMap>(*shared_uids_);
    shared_uids_.reset();
  }
  return *own_uids_;
}

std::uint32_t MailboxView::recent_count() const {
  if (recent_.empty()) return 0;
  return static_cast<std::uint32_t>(uids().intersection(recent_).size());
}

std::optional<store::UidSet> MailboxView::resolve(const SequenceSet& set, bool by_uid) const {
  if (set.is_saved_result()) return uids().intersection(saved_result_);
  if (by_uid) return set.uids_by_uid(uids());
  return set.uids_by_sequence(uids());
}

bool MailboxView::may_have_changed() const {
  if (deleted_) return false;
  const store::Modseq latest = account_->latest_modseq(info_.id);
  return latest.value == 0 || latest > modseq_;
}

void MailboxView::fetch_changes() {
  if (deleted_) return;
  auto changes = account_->changes_since(info_.id, modseq_);
  if (!changes) {
    deleted_ = true;
    note_expunged(uids().all());
    return;
  }
  note_expunged(changes->expunged);
  std::sort(own_changes_.begin(), own_changes_.end(), by_uid_and_modseq);
  const store::UidSet had = pending_new_;
  for (const auto& row : changes->changed) note_changed(row);
  own_changes_.clear();
  if (pending_new_ != had) {
    // EXAMINE must not take \Recent from anybody (RFC 3501 6.3.2): it shows all news as recent.
    const store::Uid first_new{had.empty() ? uids().last().value + 1
                                           : had.ranges().back().last + 1};
    store::Uid first = first_new;
    if (!read_only_) first = account_->claim_recent(info_.id, changes->uid_next).value_or(first);
    first = std::max(first, first_new);
    if (first < changes->uid_next) recent_.add({first.value, changes->uid_next.value - 1});
  }
  if (changes->keywords && *changes->keywords != *info_.keywords) {
    info_.keywords = changes->keywords;
    keywords_changed_ = true;
  }
  info_.uid_next = changes->uid_next;
  modseq_ = changes->highest_modseq;
}

void MailboxView::note_changed(const store::FlagRow& row) {
  if (uids().sequence_of(row.uid) == 0) {
    if (row.uid > uids().last()) pending_new_.add(row.uid);
    return;
  }
  if (std::binary_search(own_changes_.begin(), own_changes_.end(), row, by_uid_and_modseq)) return;
  const auto place =
      std::lower_bound(pending_flags_.begin(), pending_flags_.end(), row.uid,
                       [](const store::FlagRow& a, store::Uid uid) { return a.uid < uid; });
  if (place != pending_flags_.end() && place->uid == row.uid) {
    *place = row;
  } else {
    pending_flags_.insert(place, row);
  }
}

void MailboxView::note_expunged(const store::UidSet& expunged) {
  if (expunged.empty()) return;
  const store::UidSet known = uids().intersection(expunged);
  for (const auto& range : known.ranges()) pending_expunged_.add(range);
  if (!pending_new_.empty()) pending_new_ = without(pending_new_, expunged);
}

void MailboxView::own_flag_change(const store::FlagChangeResult& result) {
  if (result.modseq == result.previous_modseq) return;
  if (!pending_flags_.empty()) {
    std::erase_if(pending_flags_, [&](const store::FlagRow& pending) {
      return std::binary_search(
          result.messages.begin(), result.messages.end(), pending,
          [](const store::FlagRow& a, const store::FlagRow& b) { return a.uid < b.uid; });
    });
  }
  if (result.previous_modseq == modseq_) {
    modseq_ = result.modseq;
    return;
  }
  for (const auto& row : result.messages) {
    if (row.modseq == result.modseq) own_changes_.push_back(row);
  }
}

void MailboxView::note_own_messages(const store::UidSet& uids) {
  for (const auto& range : uids.ranges()) own_messages_.add(range);
}

void MailboxView::learn_keywords(Encoder& out,
                                 const std::shared_ptr<const std::vector<std::string>>& keywords) {
  if (!keywords || *keywords == *info_.keywords) return;
  info_.keywords = keywords;
  write_flag_names(out, true);
}

void MailboxView::write_flag_names(Encoder& out, bool permanent) const {
  const auto known = static_cast<store::FlagBits>(
      store::flag::system |
      (((store::FlagBits{1} << keywords().size()) - 1) << store::kFirstKeywordBit));
  out.raw("* FLAGS ").flag_list(known, keywords(), false).crlf();
  if (!permanent) return;
  out.raw("* OK [PERMANENTFLAGS ");
  if (read_only_) {
    out.raw("()] Read-only mailbox").crlf();
    return;
  }
  std::string names;
  Encoder(names).flag_list(known & permitted_bits(rights_), keywords(), false);
  names.pop_back();  // the list goes on
  out.raw(names);
  const bool room = keywords().size() < store::kMaxKeywords && may(right::write);
  if (room) out.raw(names.size() > 1 ? " \\*" : "\\*");
  out.raw(")] Flags permitted").crlf();
}

bool MailboxView::begin_fetch(Encoder& out, store::Uid uid) const {
  const std::uint32_t sequence = uids().sequence_of(uid);
  if (sequence == 0) return false;
  if (enabled_->uid_only) {
    out.raw("* ").number(uid.value).raw(" UIDFETCH (");
  } else {
    out.raw("* ").number(sequence).raw(" FETCH (");
  }
  return true;
}

void MailboxView::write_flags(Encoder& out, const store::FlagRow& row, bool with_uid,
                              bool with_modseq) const {
  if (!begin_fetch(out, row.uid)) return;
  if (with_uid) out.raw("UID ").number(row.uid.value).sp();
  out.raw("FLAGS ").flag_list(row.flags, keywords(), is_recent(row.uid));
  if (with_modseq) out.raw(" MODSEQ (").number(row.modseq.value).raw(")");
  out.raw(")\r\n");
}

void MailboxView::write_expunges(Encoder& out) {
  if (enabled_->qresync || enabled_->uid_only) {
    out.raw("* VANISHED ").uid_set(pending_expunged_).crlf();
    own_uids().remove(pending_expunged_);
    pending_expunged_ = {};
    return;
  }
  // From the highest down, so that no number moves before it is told.
  const auto& ranges = pending_expunged_.ranges();
  for (const auto& range : std::views::reverse(ranges)) {
    const std::uint32_t first = uids().sequence_of(store::Uid{range.first});
    const std::uint32_t last = first + (range.last - range.first);
    for (std::uint32_t sequence = last; sequence >= first; --sequence) {
      out.raw("* ").number(sequence).raw(" EXPUNGE\r\n");
    }
  }
  own_uids().remove(pending_expunged_);
  pending_expunged_ = {};
}

store::UidSet MailboxView::write_changes(Encoder& out, bool expunges, bool flags) {
  if (keywords_changed_) {
    write_flag_names(out, true);
    keywords_changed_ = false;
  }
  if (expunges && !pending_expunged_.empty()) write_expunges(out);
  if (flags) {
    for (const auto& row : pending_flags_) {
      if (pending_expunged_.contains(row.uid)) continue;
      // RFC 7162 3.2, RFC 9051 7.5.2, RFC 5465 5.1: what comes unasked has the UID.
      const bool with_uid = enabled_->condstore || enabled_->imap4rev2 || enabled_->notify;
      write_flags(out, row, with_uid, enabled_->condstore);
    }
    pending_flags_.clear();
  }
  if (pending_new_.empty()) return {};
  for (const auto& range : pending_new_.ranges()) own_uids().append(range);
  out.raw("* ").number(uids().size()).raw(" EXISTS\r\n");
  if (!enabled_->imap4rev2) out.raw("* ").number(recent_count()).raw(" RECENT\r\n");
  const store::UidSet own = std::exchange(own_messages_, {});
  return std::exchange(pending_new_, {}).difference(own);
}

}  // namespace mailkeep::imap
