// Addresses as the store's accounts and aliases have them.
//
// An address is looked for as an alias ("ann@example.org", then "ann"), then as an account of the
// same name, then as the account named like its local part. Where none is, and the local part has a
// detail ("ann+lists"), all of that is tried without it, and the mail goes to the mailbox of that
// name where there is one. Last comes the alias of all that is nobody's ("@example.org"). Case
// makes no difference anywhere.
//
// An alias may lead to aliases and keeps the detail; one that leads to itself means the account of
// that name.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/lmtp/address_book.h"
#include "store/addresses.h"
#include "store/store.h"

namespace mailkeep::server {

class AccountAddressBook final : public lmtp::AddressBook {
 public:
  static constexpr std::size_t kMaxDestinations = 100;
  static constexpr unsigned kMaxAliasDepth = 10;

  // `addresses` outlives this. `delimiter` begins the detail; empty: there are no details.
  AccountAddressBook(std::shared_ptr<store::Store> store, store::Addresses& addresses,
                     std::string delimiter);

  std::expected<std::vector<lmtp::Destination>, lmtp::AddressError> find(
      const lmtp::Address& address) override;

 private:
  using Found = std::expected<std::vector<lmtp::Destination>, lmtp::AddressError>;
  using Visited = std::set<std::string>;  // aliases on the way

  Found resolve(const lmtp::Address& address, Visited visited);
  Found resolve_plain(const lmtp::Address& address, const Visited& visited);
  Found follow(const std::string& alias, const std::vector<std::string>& targets,
               const lmtp::Address& address, Visited visited);
  Found find_account(const lmtp::Address& address);
  Found open(const std::string& name);

  const std::shared_ptr<store::Store> store_;
  store::Addresses& addresses_;
  const std::string delimiter_;
};

// The name of the mailbox for a detail: that very name, or one that differs in case only. INBOX
// where there is none, or none that takes mail.
std::string mailbox_for_detail(store::Account& account, std::string_view detail);

// The stored form of an alias or of what it leads to: in lower case, prepared like account names.
// `may_be_domain`: "@example.org" too. Nothing where it is no address.
std::optional<std::string> stored_address(std::string_view text, bool may_be_domain);
// The same of a domain.
std::optional<std::string> stored_domain(std::string_view text);

}  // namespace mailkeep::server
