#include "server/delivery/address_book.h"

#include <stdexcept>
#include <utility>

#include "mime/text/ascii.h"
#include "server/auth/account_name.h"

namespace mailkeep::server {

using lmtp::AddressError;

namespace {

constexpr std::string_view kInbox = "INBOX";

AddressError address_error(store::StoreError error) {
  switch (error) {
    case store::StoreError::account_suspended:
      return AddressError::suspended;
    case store::StoreError::account_damaged:
      return AddressError::account_damaged;
    case store::StoreError::no_such_account:
    case store::StoreError::invalid_account_name:
      return AddressError::unknown;
    default:
      throw std::runtime_error(std::string(store::describe(error)));
  }
}

}  // namespace

AccountAddressBook::AccountAddressBook(std::shared_ptr<store::Store> store,
                                       store::Addresses& addresses, std::string delimiter)
    : store_(std::move(store)), addresses_(addresses), delimiter_(std::move(delimiter)) {}

std::expected<std::vector<lmtp::Destination>, AddressError> AccountAddressBook::find(
    const lmtp::Address& address) {
  if (!address.domain.empty()) {
    const auto domain = stored_domain(address.domain);
    if (!domain || !addresses_.is_local(*domain)) {
      return std::unexpected(AddressError::foreign);
    }
  }
  return resolve(address, {});
}

// With the detail, without it, and at last what is nobody's.
AccountAddressBook::Found AccountAddressBook::resolve(const lmtp::Address& address,
                                                      Visited visited) {
  Found found = resolve_plain(address, visited);
  const auto unknown = [&found] { return !found && found.error() == AddressError::unknown; };
  const std::size_t end =
      delimiter_.empty() ? std::string::npos : address.local_part.find(delimiter_);
  if (unknown() && end != std::string::npos && end > 0) {
    const lmtp::Address plain{.local_part = address.local_part.substr(0, end),
                              .domain = address.domain};
    found = resolve_plain(plain, visited);
    const std::string_view detail =
        std::string_view(address.local_part).substr(end + delimiter_.size());
    if (found) {
      for (lmtp::Destination& destination : *found) {
        if (destination.mailbox != kInbox) continue;  // its alias names one
        destination.mailbox = mailbox_for_detail(*destination.account, detail);
      }
    }
  }
  if (!unknown() || address.domain.empty()) return found;
  const auto domain = stored_domain(address.domain);
  if (!domain) return found;
  const std::string everybody = '@' + *domain;
  return follow(everybody, addresses_.targets(everybody), address, std::move(visited));
}

AccountAddressBook::Found AccountAddressBook::resolve_plain(const lmtp::Address& address,
                                                            const Visited& visited) {
  for (const bool with_domain : {true, false}) {
    if (with_domain && address.domain.empty()) continue;
    const auto alias =
        account_name(with_domain ? address.local_part + '@' + address.domain : address.local_part);
    if (!alias || visited.contains(*alias)) continue;
    const auto targets = addresses_.targets(*alias);
    if (!targets.empty()) return follow(*alias, targets, address, visited);
  }
  return find_account(address);
}

AccountAddressBook::Found AccountAddressBook::follow(const std::string& alias,
                                                     const std::vector<std::string>& targets,
                                                     const lmtp::Address& address,
                                                     Visited visited) {
  if (targets.empty() || visited.contains(alias)) return std::unexpected(AddressError::unknown);
  if (visited.size() >= kMaxAliasDepth) return std::unexpected(AddressError::broken_alias);
  visited.insert(alias);
  std::vector<lmtp::Destination> all;
  for (const std::string& target : targets) {
    auto next = lmtp::parse_mailbox(target);
    if (!next) return std::unexpected(AddressError::broken_alias);
    if (next->domain.empty()) next->domain = address.domain;
    Found found = resolve(*next, visited);
    // Mail for all targets or for none: one that is missing is for the administrator to repair.
    if (!found && found.error() == AddressError::unknown)
      found.error() = AddressError::broken_alias;
    if (!found) return found;
    for (lmtp::Destination& destination : *found) all.push_back(std::move(destination));
    if (all.size() > kMaxDestinations) return std::unexpected(AddressError::too_many_accounts);
  }
  return all;
}

AccountAddressBook::Found AccountAddressBook::find_account(const lmtp::Address& address) {
  Found found = std::unexpected(AddressError::unknown);
  if (!address.domain.empty()) found = open(address.local_part + '@' + address.domain);
  if (!found && found.error() == AddressError::unknown) found = open(address.local_part);
  return found;
}

AccountAddressBook::Found AccountAddressBook::open(const std::string& name) {
  const auto prepared = account_name(name);
  if (!prepared) return std::unexpected(AddressError::unknown);
  auto account = store_->open_account(*prepared);
  if (!account) return std::unexpected(address_error(account.error()));
  std::vector<lmtp::Destination> destinations;
  destinations.push_back({.account = std::move(*account)});
  return destinations;
}

std::optional<std::string> stored_address(std::string_view text, bool may_be_domain) {
  if (may_be_domain && text.starts_with('@')) {
    const auto domain = stored_domain(text.substr(1));
    return domain ? std::optional('@' + *domain) : std::nullopt;
  }
  const auto address = lmtp::parse_mailbox(text);
  return address ? account_name(address->text()) : std::nullopt;
}

std::optional<std::string> stored_domain(std::string_view text) {
  const auto address = lmtp::parse_mailbox("x@" + std::string(text));
  return address ? account_name(address->domain) : std::nullopt;
}

std::string mailbox_for_detail(store::Account& account, std::string_view detail) {
  if (detail.empty()) return std::string(kInbox);
  const auto exact = account.mailbox(detail);
  if (exact && exact->selectable) return exact->name;
  const auto mailboxes = account.mailboxes();
  if (!mailboxes) return std::string(kInbox);
  for (const store::MailboxInfo& mailbox : *mailboxes) {
    if (mailbox.selectable && mime::equal_ignoring_case(mailbox.name, detail)) return mailbox.name;
  }
  return std::string(kInbox);
}

}  // namespace mailkeep::server
