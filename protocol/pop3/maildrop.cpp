#include "protocol/pop3/maildrop.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "protocol/pop3/unique_id.h"
#include "store/inbox_expiry.h"

namespace mailkeep::pop3 {
namespace {

template <class T>
T expect(store::StoreResult<T> result) {
  if (!result) throw std::runtime_error(std::string(store::describe(result.error())));
  return std::move(*result);
}

}  // namespace

Maildrop Maildrop::load(store::Account& account, const Options& options) {
  Maildrop maildrop;
  maildrop.format_ = options.unique_id;
  const store::MailboxInfo inbox = expect(account.mailbox("INBOX"));
  maildrop.mailbox_ = inbox.id;
  maildrop.uid_validity_ = inbox.uid_validity;
  maildrop.uids_.reserve(inbox.messages);
  maildrop.bytes_.reserve(inbox.messages);
  const store::UidSet all({1, std::numeric_limits<std::uint32_t>::max()});
  const auto cursor = expect(account.messages(inbox.id, all, store::Detail::row));
  while (cursor->next()) {
    const store::MessageRow& row = cursor->row();
    if (options.hides_deleted && (row.flags & store::flag::deleted) != 0) continue;
    if (row.save_date < options.expires_before) maildrop.expired_.add(row.uid);
    maildrop.uids_.push_back(row.uid.value);
    maildrop.bytes_.push_back(row.size);
  }
  maildrop.kept_for_ = store::inbox_expiry(account);
  maildrop.kept_ids_ = expect(account.pop3_ids(inbox.id));
  maildrop.deleted_.resize(maildrop.uids_.size());
  maildrop.unmark_all();
  return maildrop;
}

std::string Maildrop::unique_id(MessageNumber number) const {
  const auto kept = std::ranges::lower_bound(kept_ids_, uid(number), {},
                                             &std::pair<store::Uid, std::string>::first);
  if (kept != kept_ids_.end() && kept->first == uid(number)) return kept->second;
  return pop3::unique_id(format_, uid(number).value, uid_validity_);
}

void Maildrop::mark_deleted(MessageNumber number) {
  deleted_[number - 1] = true;
  --remaining_;
  remaining_bytes_ -= bytes(number);
}

void Maildrop::unmark_all() {
  deleted_.assign(deleted_.size(), false);
  remaining_ = size();
  remaining_bytes_ = std::accumulate(bytes_.begin(), bytes_.end(), std::uint64_t{0});
}

store::UidSet Maildrop::marked() const {
  store::UidSet uids;
  for (std::size_t i = 0; i < uids_.size(); ++i) {
    if (deleted_[i]) uids.add(store::Uid{uids_[i]});
  }
  return uids;
}

}  // namespace mailkeep::pop3
