#include "protocol/imap/mailbox_access.h"

#include <utility>

namespace mailkeep::imap {

store::StoreResult<ReachedMailbox> MailboxAccess::find(std::string_view name, Rights) const {
  auto info = own_->mailbox(name);
  if (!info) return std::unexpected(info.error());
  std::string own_name = info->name;
  return ReachedMailbox{own_, std::move(*info), right::all, std::move(own_name)};
}

store::StoreResult<ReachedMailbox> MailboxAccess::find_selectable(std::string_view name,
                                                                  Rights needed) const {
  auto mailbox = find(name, needed);
  if (mailbox && !mailbox->info.selectable) {
    return std::unexpected(store::StoreError::mailbox_not_selectable);
  }
  return mailbox;
}

store::StoreResult<ReachedName> MailboxAccess::find_place(std::string_view name) const {
  return ReachedName{own_, std::string(name)};
}

store::StoreResult<std::vector<ReachedMailbox>> MailboxAccess::all() const {
  auto own = own_->mailboxes();
  if (!own) return std::unexpected(own.error());
  std::vector<ReachedMailbox> found;
  found.reserve(own->size());
  for (store::MailboxInfo& info : *own) {
    std::string name = info.name;
    found.push_back({own_, std::move(info), right::all, std::move(name)});
  }
  return found;
}

}  // namespace mailkeep::imap
