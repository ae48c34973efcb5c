#include "server/net/network.h"

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <sys/socket.h>

#include "server/net/spawn_session.h"

namespace mailkeep::server::net {

namespace asio = boost::asio;

namespace {

protocol::Awaitable<void> converse(std::unique_ptr<Connection> connection, const Service* service) {
  // A variable: g++ 12 lays out the frame of a coroutine wrongly if its outermost block has a
  // co_await in the condition of an `if` and no variable of its own.
  const bool ready = !service->implicit_tls || co_await connection->start_tls();
  if (!ready) co_return;
  co_await service->session(*connection);
  co_await connection->finish();
}

}  // namespace

Network::Network(const NetworkSettings& settings, std::vector<Service> services,
                 std::unique_ptr<TlsProvider> tls, Log& log)
    : settings_(settings),
      services_(std::move(services)),
      tls_(std::move(tls)),
      log_(&log),
      gate_(settings.gate) {
  for (std::size_t index = 0; index < std::max<std::size_t>(1, settings_.io_threads); ++index) {
    threads_.push_back(std::make_unique<IoThread>(settings_.sweep_interval));
  }
  for (const Service& service : services_) {
    for (const Endpoint& endpoint : service.listen) {
      for (const SocketAddress& address : resolve(endpoint)) {
        auto listener = std::make_unique<Listener>(
            *threads_.front(), endpoint, address, log,
            [this, &service](FileDescriptor socket, const SocketAddress& peer) {
              accepted(service, std::move(socket), peer);
            });
        bound_.push_back({&service, std::move(listener)});
      }
    }
  }
}

Network::~Network() {
  if (started_) stop(std::chrono::milliseconds(0));
}

void Network::start() {
  started_ = true;
  for (const auto& thread : threads_) thread->start();
  for (const Bound& bound : bound_) bound.listener->start();
}

void Network::stop(std::chrono::milliseconds grace) {
  if (std::exchange(stopped_, true)) return;
  for (const Bound& bound : bound_) bound.listener->close();
  for (const auto& thread : threads_) thread->begin_stop();
  if (!gate_.wait_until_empty(grace)) {
    log_->warning("connections_cut", {{"count", gate_.count()}});
    for (const auto& thread : threads_) thread->abort_all();
    // What blocks on the disk ends when the disk answers; such a session cannot be left behind.
    while (!gate_.wait_until_empty(std::chrono::seconds(10))) {
      log_->warning("waiting_for_sessions", {{"count", gate_.count()}});
    }
  }
  for (const auto& thread : threads_) thread->join();
}

std::uint16_t Network::port(std::string_view service) const {
  for (const Bound& bound : bound_) {
    if (bound.service->name == service && bound.listener->port() != 0) {
      return bound.listener->port();
    }
  }
  return 0;
}

std::vector<std::pair<std::string, std::string>> Network::addresses() const {
  std::vector<std::pair<std::string, std::string>> addresses;
  addresses.reserve(bound_.size());
  for (const Bound& bound : bound_) {
    addresses.emplace_back(bound.service->name, bound.listener->text());
  }
  return addresses;
}

void Network::accepted(const Service& service, FileDescriptor socket, const SocketAddress& peer) {
  const ConnectionGate::Verdict verdict = gate_.admit(peer);
  if (verdict != ConnectionGate::Verdict::admitted) {
    refuse(service, socket, peer, verdict);
    return;
  }
  IoThread& io = least_loaded();
  ++io.load();
  asio::post(io.context(), [this, &service, &io, socket = std::move(socket), peer]() mutable {
    start_session(service, io, std::move(socket), peer);
  });
}

void Network::start_session(const Service& service, IoThread& io, FileDescriptor socket,
                            const SocketAddress& peer) {
  const auto leave = [this, &io, peer] {
    --io.load();
    gate_.leave(peer);
  };
  try {
    auto connection = std::make_unique<Connection>(io, std::move(socket), peer, tls_.get(),
                                                   settings_.connection, *log_);
    std::string name = connection->peer();
    log_->debug("connected", {{"service", service.name}, {"peer", name}});
    spawn_session(io.context().get_executor(), converse(std::move(connection), &service),
                  std::move(name), *log_, leave);
  } catch (const std::exception& error) {
    log_->error("connection_failed", {{"peer", peer.text()}, {"error", error.what()}});
    leave();
  }
}

void Network::refuse(const Service& service, const FileDescriptor& socket,
                     const SocketAddress& peer, ConnectionGate::Verdict verdict) {
  // Before TLS is on, a line of text would only be a broken handshake.
  if (!service.implicit_tls) {
    ::send(socket.get(), service.busy.data(), service.busy.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  ++refusals_;
  const Clock::time_point now = Clock::now();
  if (now - last_refusal_ < std::chrono::seconds(1)) return;
  last_refusal_ = now;
  const bool total = verdict == ConnectionGate::Verdict::too_many;
  log_->warning("connections_refused",
                {{"service", service.name},
                 {"peer", peer.text()},
                 {"limit", total ? "max-connections" : "max-connections-per-address"},
                 {"count", std::exchange(refusals_, 0)}});
}

IoThread& Network::least_loaded() {
  IoThread* best = threads_.front().get();
  for (const auto& thread : threads_) {
    if (thread->load() < best->load()) best = thread.get();
  }
  return *best;
}

}  // namespace mailkeep::server::net
