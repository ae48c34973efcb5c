#include "protocol/imap/mailbox_access.h"

#include <algorithm>
#include <utility>

#include "store/access.h"
#include "store/mailbox_name.h"

namespace mailkeep::imap {
namespace {

using store::StoreError;

// The names of owners are one level: "=2F" stands in them for '/', and "=3D" for an '=' that would
// be taken for the begin of one of these.
constexpr std::string_view kSlash = "=2F";
constexpr std::string_view kEquals = "=3D";

std::string level_of(std::string_view owner) {
  std::string level;
  for (; !owner.empty(); owner.remove_prefix(1)) {
    const bool escape = owner.starts_with(kSlash) || owner.starts_with(kEquals);
    if (owner.front() == '/') {
      level += kSlash;
    } else if (escape) {
      level += kEquals;
    } else {
      level += owner.front();
    }
  }
  return level;
}

std::string owner_at(std::string_view level) {
  std::string owner;
  while (!level.empty()) {
    const bool slash = level.starts_with(kSlash);
    if (slash || level.starts_with(kEquals)) {
      owner += slash ? '/' : '=';
      level.remove_prefix(kSlash.size());
    } else {
      owner += level.front();
      level.remove_prefix(1);
    }
  }
  return owner;
}

// A name below "Other Users/".
struct OthersName {
  std::string owner;
  std::string_view mailbox;  // empty: the owner's level itself
};

OthersName split(std::string_view name) {
  name.remove_prefix(std::min(name.size(), kOtherUsers.size()));
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return {owner_at(name), {}};
  return {owner_at(name.substr(0, slash)), name.substr(slash + 1)};
}

std::string name_for_user(std::string_view owner, std::string_view mailbox) {
  return std::string(kOtherUsers).append(level_of(owner)).append("/").append(mailbox);
}

// Why a user who has `rights` may not do what needs more: only who knows of a mailbox is told that
// it is there.
StoreError refusal(Rights rights) {
  const bool knows = (rights & right::any_that_shows) != 0;
  return knows ? StoreError::no_permission : StoreError::no_such_mailbox;
}

// What the owner subscribed to is not what the user did (RFC 5465 6.4).
void mark_subscribed(store::Account& own, std::span<ReachedMailbox> others) {
  if (others.empty()) return;
  auto names = own.subscriptions();
  if (names) std::ranges::sort(*names);
  for (ReachedMailbox& mailbox : others) {
    mailbox.info.subscribed = names && std::ranges::binary_search(*names, mailbox.name);
  }
}

bool may_know(Rights rights) {
  return (rights & right::any_that_shows) != 0;
}

}  // namespace

bool MailboxAccess::is_others(std::string_view name) {
  return name.starts_with(kOtherUsers) || name == kOtherUsers.substr(0, kOtherUsers.size() - 1);
}

std::shared_ptr<store::Account> MailboxAccess::owner_of(std::string_view name) const {
  if (!store_ || !name.starts_with(kOtherUsers)) return nullptr;
  const OthersName others = split(name);
  if (!others.mailbox.empty()) return nullptr;
  auto owner = store_->open_account(others.owner);
  return owner ? std::move(*owner) : nullptr;
}

std::shared_ptr<store::Account> MailboxAccess::open_shared(std::string_view owner) const {
  if (!store_ || owner.empty() || owner == own_->name()) return nullptr;
  // The list is asked first: nobody opens an account by guessing its name.
  const auto shared = store_->shared_with(own_->name());
  const auto entry = std::ranges::find(shared, owner, &store::SharedMailbox::owner_name);
  if (entry == shared.end()) return nullptr;
  auto account = store_->open_account(owner);
  return account ? (*account)->for_reader(own_->name()) : nullptr;
}

store::StoreResult<Rights> MailboxAccess::rights_in(store::Account& account,
                                                    store::MailboxId mailbox) const {
  auto entries = account.access(mailbox);
  if (!entries) return std::unexpected(entries.error());
  if (!anyone_) {
    std::erase_if(*entries, [](const store::AccessEntry& entry) {
      return entry.identifier == store::kAnyone;
    });
  }
  return rights_of(store::effective_rights(*entries, own_->name())).value_or(right::none);
}

store::StoreResult<ReachedMailbox> MailboxAccess::find(std::string_view name, Rights needed) const {
  if (is_others(name)) return find_others(name, needed);
  auto info = own_->mailbox(name);
  if (!info) return std::unexpected(info.error());
  std::string own_name = info->name;
  return ReachedMailbox{own_, std::move(*info), right::all, std::move(own_name)};
}

// What fails on the way is no reason to tell that there is something.
store::StoreResult<ReachedMailbox> MailboxAccess::find_others(std::string_view name,
                                                              Rights needed) const {
  const OthersName others = split(name);
  const auto account = open_shared(others.owner);
  if (!account || others.mailbox.empty()) return std::unexpected(StoreError::no_such_mailbox);
  auto info = account->mailbox(others.mailbox);
  if (!info) return std::unexpected(StoreError::no_such_mailbox);
  const auto rights = rights_in(*account, info->id);
  if (!rights) return std::unexpected(StoreError::no_such_mailbox);
  if ((*rights & needed) != needed || !may_know(*rights)) {
    return std::unexpected(refusal(*rights));
  }
  std::string user_name = name_for_user(others.owner, info->name);
  ReachedMailbox reached{account, std::move(*info), *rights, std::move(user_name)};
  mark_subscribed(*own_, {&reached, 1});
  return reached;
}

store::StoreResult<ReachedMailbox> MailboxAccess::find_selectable(std::string_view name,
                                                                  Rights needed) const {
  auto mailbox = find(name, needed);
  if (mailbox && !mailbox->info.selectable) {
    return std::unexpected(StoreError::mailbox_not_selectable);
  }
  return mailbox;
}

store::StoreResult<ReachedName> MailboxAccess::find_place(std::string_view name) const {
  if (is_others(name)) return find_others_place(name);
  return ReachedName{own_, std::string(name)};
}

store::StoreResult<ReachedName> MailboxAccess::find_others_place(std::string_view name) const {
  const OthersName others = split(name);
  const auto account = open_shared(others.owner);
  if (!account || others.mailbox.empty()) return std::unexpected(StoreError::no_such_mailbox);
  auto parents = store::parents_of(others.mailbox);
  std::ranges::reverse(parents);
  for (const std::string& parent : parents) {
    const auto info = account->mailbox(parent);
    if (!info) continue;
    const auto rights = rights_in(*account, info->id);
    if (!rights) break;
    if ((*rights & right::create) == 0) return std::unexpected(refusal(*rights));
    return ReachedName{account, std::string(others.mailbox)};
  }
  // Nothing is above it: only the owner makes mailboxes there.
  return std::unexpected(StoreError::no_such_mailbox);
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
  const std::size_t own_mailboxes = found.size();
  if (store_) add_shared(found);
  mark_subscribed(*own_, std::span(found).subspan(own_mailboxes));
  return found;
}

void MailboxAccess::add_shared(std::vector<ReachedMailbox>& found) const {
  const auto shared = store_->shared_with(own_->name());
  for (auto at = shared.begin(); at != shared.end();) {
    const auto end = std::ranges::find_if(
        at, shared.end(), [&](const auto& other) { return other.owner != at->owner; });
    add_shared_of(at->owner_name, std::span(at, end), found);
    at = end;
  }
}

// An account that cannot be read is left out: it is not this user's trouble.
void MailboxAccess::add_shared_of(const std::string& owner,
                                  std::span<const store::SharedMailbox> of_owner,
                                  std::vector<ReachedMailbox>& found) const {
  if (owner == own_->name()) return;
  const auto opened = store_->open_account(owner);
  if (!opened) return;
  const auto account = (*opened)->for_reader(own_->name());
  auto mailboxes = account->mailboxes();
  if (!mailboxes) return;
  for (store::MailboxInfo& info : *mailboxes) {
    const auto entry = std::ranges::find(of_owner, info.id, &store::SharedMailbox::mailbox);
    if (entry == of_owner.end()) continue;
    const auto rights = rights_in(*account, info.id);
    if (!rights || (*rights & right::lookup) == 0) continue;
    std::string name = name_for_user(owner, info.name);
    found.push_back({account, std::move(info), *rights, std::move(name)});
  }
}

std::vector<ReachedMailbox> MailboxAccess::all_of(std::string_view owner) const {
  std::vector<ReachedMailbox> found;
  if (!store_) return found;
  const auto shared = store_->shared_with(own_->name());
  const auto of_owner =
      std::ranges::equal_range(shared, owner, {}, &store::SharedMailbox::owner_name);
  add_shared_of(std::string(owner), std::span(of_owner.begin(), of_owner.end()), found);
  mark_subscribed(*own_, found);
  return found;
}

store::Watch MailboxAccess::watch_shares(
    std::function<void(const std::string& owner)> shared) const {
  if (!store_) return {};
  return store_->watch_shares([shared = std::move(shared), own = own_->name(), anyone = anyone_](
                                  const std::string& identifier, const std::string& owner) {
    if (identifier == own || (anyone && identifier == store::kAnyone)) shared(owner);
  });
}

}  // namespace mailkeep::imap
