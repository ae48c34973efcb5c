#include "server/delivery/address_maps.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "protocol/lmtp/replies.h"
#include "server/delivery/address_book.h"
#include "store/addresses.h"

namespace mailkeep::server {
namespace {

bool is_full(store::Account& account) {
  const auto quota = account.quota();
  if (!quota) return false;
  const auto reached = [](const auto& limit, std::uint64_t used) {
    return limit && used >= *limit;
  };
  return reached(quota->limits.bytes, quota->usage.bytes) ||
         reached(quota->limits.messages, quota->usage.messages);
}

}  // namespace

std::optional<std::string> AddressMaps::look_up(std::string_view map, std::string_view key) {
  if (map == "domains") return domain(key);
  if (map == "users") return user(key);
  if (map == "aliases") return alias(key);
  if (map == "quota") return quota(key);
  throw std::invalid_argument("there is no map of that name");
}

// Where no domain was ever told, none is known to be ours.
std::optional<std::string> AddressMaps::domain(std::string_view key) {
  auto name = stored_domain(key);
  if (!name) return std::nullopt;
  const auto domains = addresses_.domains();
  if (!std::ranges::binary_search(domains, *name)) return std::nullopt;
  return name;
}

std::optional<std::string> AddressMaps::user(std::string_view key) {
  const auto address = lmtp::parse_mailbox(key);
  if (!address) return std::nullopt;
  const auto found = book_.find(*address);
  if (!found && (found.error() == lmtp::AddressError::unknown ||
                 found.error() == lmtp::AddressError::foreign)) {
    return std::nullopt;
  }
  return address->text();
}

std::optional<std::string> AddressMaps::alias(std::string_view key) {
  auto address = stored_address(key, true);
  if (!address) return std::nullopt;
  const auto targets = addresses_.targets(*address);
  if (!targets.empty()) return fmt::format("{}", fmt::join(targets, ","));
  const std::size_t at = address->rfind('@');
  if (at == 0 || at == std::string::npos) return std::nullopt;
  if (!store_->find_account(*address) && !store_->find_account(address->substr(0, at))) {
    return std::nullopt;
  }
  return address;
}

std::optional<std::string> AddressMaps::quota(std::string_view key) {
  const auto address = lmtp::parse_mailbox(key);
  if (!address) return std::nullopt;
  const auto found = book_.find(*address);
  if (!found) return std::nullopt;
  const bool full = std::ranges::any_of(
      *found, [](const lmtp::Destination& destination) { return is_full(*destination.account); });
  if (!full) return std::nullopt;
  const lmtp::Reply reply = lmtp::reply_to(lmtp::Outcome::over_quota, defer_over_quota_);
  return fmt::format("{} {} {}", reply.code, reply.enhanced, reply.text);
}

}  // namespace mailkeep::server
