// The one way from a name that a client says to a mailbox: whose account it is in, what it is
// called there, and what this user may do with it (RFC 4314). Every command that reaches a mailbox
// by its name asks here.
//
// The mailboxes of others are under "Other Users/", then the owner's name (RFC 2342), in which
// "=2F" stands for '/'. One that the user may know nothing of is no_such_mailbox, as one that does
// not exist; a known one without the right that is needed is no_permission (RFC 4314 6).
//
// All of it blocks on the store. May be used by any thread, as the store may.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/imap/rights.h"
#include "store/account.h"
#include "store/store.h"

namespace mailkeep::imap {

inline constexpr std::string_view kOtherUsers = "Other Users/";

// A mailbox that was reached by its name.
struct ReachedMailbox {
  std::shared_ptr<store::Account> account;  // whose mailbox, as this user sees it; never null
  store::MailboxInfo info;                  // info.name is its name in that account
  Rights rights = right::none;              // what this user may do
  std::string name;                         // as this user says it
};

// A name that may have no mailbox yet.
struct ReachedName {
  std::shared_ptr<store::Account> account;
  std::string name;  // in that account
};

class MailboxAccess {
 public:
  // `own`: the user's account. `store` leads to the accounts of others and outlives it; null: no
  // way leads there. `anyone`: whether what owners allow to anyone counts.
  MailboxAccess(std::shared_ptr<store::Account> own, store::Store* store, bool anyone)
      : own_(std::move(own)), store_(store), anyone_(anyone) {}

  // The mailbox, if the user has all of `needed` and may know of it. It may be one that cannot be
  // selected.
  store::StoreResult<ReachedMailbox> find(std::string_view name, Rights needed) const;
  // The same for a mailbox with messages: mailbox_not_selectable where there can be none.
  store::StoreResult<ReachedMailbox> find_selectable(std::string_view name, Rights needed) const;
  // Where a new mailbox of this name goes, if the user may create it there: by the nearest mailbox
  // above it (RFC 4314 4).
  store::StoreResult<ReachedName> find_place(std::string_view name) const;
  // All mailboxes the user may look up: the user's own first, then those of others, by name.
  store::StoreResult<std::vector<ReachedMailbox>> all() const;
  // Those of one other.
  std::vector<ReachedMailbox> all_of(std::string_view owner) const;
  // `shared` is called with the owner's name when one more mailbox may be open to the user; see
  // Store::watch_shares.
  store::Watch watch_shares(std::function<void(const std::string& owner)> shared) const;

  store::Account& own() const { return *own_; }
  bool anyone_may_share() const { return anyone_; }

  // Whether a name is, or would be, of a mailbox of somebody else.
  static bool is_others(std::string_view name);
  // The account behind "Other Users/NAME", for administrators: checks no rights. Null: there is
  // none.
  std::shared_ptr<store::Account> owner_of(std::string_view name) const;

 private:
  // Another's account as this user sees it; null where nothing of it is shared with the user.
  std::shared_ptr<store::Account> open_shared(std::string_view owner) const;
  store::StoreResult<Rights> rights_in(store::Account& account, store::MailboxId mailbox) const;
  store::StoreResult<ReachedMailbox> find_others(std::string_view name, Rights needed) const;
  store::StoreResult<ReachedName> find_others_place(std::string_view name) const;
  void add_shared(std::vector<ReachedMailbox>& found) const;
  void add_shared_of(const std::string& owner, std::span<const store::SharedMailbox> of_owner,
                     std::vector<ReachedMailbox>& found) const;

  std::shared_ptr<store::Account> own_;
  store::Store* store_;
  bool anyone_;
};

}  // namespace mailkeep::imap
