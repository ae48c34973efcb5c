// The maps that mail systems look up (see etc/examples):
//
//   domains   example.org                -> example.org, where it is one of ours
//   users     ann@example.org, ann       -> the address, where mail for it is taken
//   aliases   ann@example.org, @example.org -> where its mail goes, with commas; an address that is
//             an account's own is itself, so that the alias of a whole domain does not hide it
//   quota     ann@example.org            -> "552 5.2.2 ..." (or 452, a setting) where it is full
#pragma once

#include <memory>
#include <string>

#include "protocol/lmtp/address_book.h"
#include "protocol/socketmap/session.h"
#include "store/addresses.h"
#include "store/store.h"

namespace mailkeep::server {

class AddressMaps final : public socketmap::Maps {
 public:
  // `addresses` and `book` outlive this.
  AddressMaps(std::shared_ptr<store::Store> store, store::Addresses& addresses,
              lmtp::AddressBook& book, bool defer_over_quota)
      : store_(std::move(store)),
        addresses_(addresses),
        book_(book),
        defer_over_quota_(defer_over_quota) {}

  std::optional<std::string> look_up(std::string_view map, std::string_view key) override;

 private:
  std::optional<std::string> domain(std::string_view key);
  std::optional<std::string> user(std::string_view key);
  std::optional<std::string> alias(std::string_view key);
  std::optional<std::string> quota(std::string_view key);

  const std::shared_ptr<store::Store> store_;
  store::Addresses& addresses_;
  lmtp::AddressBook& book_;
  const bool defer_over_quota_;
};

}  // namespace mailkeep::server
