#include "server/net/connection_gate.h"

namespace mailkeep::server::net {

ConnectionGate::Verdict ConnectionGate::admit(const SocketAddress& peer) {
  const std::lock_guard lock(mutex_);
  if (total_ >= limits_.total) return Verdict::too_many;
  if (!peer.is_loopback()) {
    std::size_t& count = per_network_[peer.network()];
    if (count >= limits_.per_address) return Verdict::too_many_from_address;
    ++count;
  }
  ++total_;
  return Verdict::admitted;
}

void ConnectionGate::leave(const SocketAddress& peer) {
  const std::lock_guard lock(mutex_);
  if (!peer.is_loopback()) {
    const auto entry = per_network_.find(peer.network());
    if (--entry->second == 0) per_network_.erase(entry);
  }
  if (--total_ == 0) empty_.notify_all();
}

std::size_t ConnectionGate::count() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

bool ConnectionGate::wait_until_empty(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, limit, [this] { return total_ == 0; });
}

}  // namespace mailkeep::server::net
