#include "server/auth/failure_delay.h"

#include <algorithm>

#include <boost/asio/ip/address.hpp>

namespace mailkeep::server {

std::string source_of(std::string_view peer) {
  const std::size_t colon = peer.rfind(':');
  std::string_view host = peer.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error) return std::string(peer);
  if (address.is_v4()) return address.to_string();
  const auto octets = address.to_v6().to_bytes();
  if (address.to_v6().is_v4_mapped()) return {octets.begin() + 12, octets.end()};
  return {octets.begin(), octets.begin() + 8};
}

std::chrono::milliseconds FailureDelay::failed(std::string_view peer, Clock::time_point now) {
  if (first_.count() == 0) return first_;
  std::string source = source_of(peer);
  const std::lock_guard lock(mutex_);
  if (!failures_.contains(source)) make_room(now);
  Failures& failures = failures_[std::move(source)];
  if (now - failures.last > kForgetAfter) failures.count = 0;
  failures.count = std::min(failures.count + 1, kMaxFactor);
  failures.last = now;
  return first_ * failures.count;
}

void FailureDelay::succeeded(std::string_view peer) {
  if (first_.count() == 0) return;
  const std::lock_guard lock(mutex_);
  if (!failures_.empty()) failures_.erase(source_of(peer));
}

std::size_t FailureDelay::sources() const {
  const std::lock_guard lock(mutex_);
  return failures_.size();
}

// Old entries go first. Where all are fresh, any one goes: an attacker with that many addresses
// gains nothing by it, since each new failure waits again.
void FailureDelay::make_room(Clock::time_point now) {
  if (failures_.size() < kMaxSources) return;
  std::erase_if(failures_,
                [&](const auto& entry) { return now - entry.second.last > kForgetAfter; });
  if (failures_.size() >= kMaxSources) failures_.erase(failures_.begin());
}

}  // namespace mailkeep::server
