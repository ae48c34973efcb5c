#include "server/auth/guess_limiter.h"

#include <string>
#include <utility>

namespace mailkeep::server {

GuessLimiter::GuessLimiter(store::Logins& logins, GuessLimits limits)
    : logins_(&logins), limits_(std::move(limits)) {}

// What comes over a Unix socket has no address, and is this machine's own.
bool GuessLimiter::is_exempt(std::string_view peer) const {
  return !address_of(peer) || limits_.exempt.contains(peer);
}

bool GuessLimiter::is_blocked(std::string_view peer, std::string_view name, std::int64_t now) {
  if (is_exempt(peer)) return false;
  if (limits_.of_account > 0 && logins_->blocked_until(client_text(peer), name) > now) return true;
  return limits_.of_network > 0 && logins_->blocked_until(network_text(peer), "") > now;
}

void GuessLimiter::failed(std::string_view peer, std::string_view name, std::int64_t now) {
  if (is_exempt(peer)) return;
  if (!name.empty()) count(client_text(peer), name, limits_.of_account, now);
  count(network_text(peer), "", limits_.of_network, now);
}

void GuessLimiter::count(std::string_view source, std::string_view name, std::uint64_t limit,
                         std::int64_t now) {
  if (limit == 0) return;
  const std::int64_t block = limits_.block.count();
  const std::int64_t failures = logins_->count_failure(source, name, now, now - block);
  if (std::cmp_greater_equal(failures, limit)) logins_->block(source, name, now + block);
}

void GuessLimiter::succeeded(std::string_view peer, std::string_view name) {
  if (is_exempt(peer) || limits_.of_account == 0) return;
  const std::string client = client_text(peer);
  if (logins_->knows(client, name)) logins_->forget(client, name);
}

void GuessLimiter::clean(std::int64_t now) {
  logins_->clean(now - limits_.block.count(), now);
}

}  // namespace mailkeep::server
