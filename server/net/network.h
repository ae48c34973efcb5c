// The connection path as a whole: I/O threads, listeners, limits, and a session for each
// connection. Knows nothing of mail; what a session does is given to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/stream.h"
#include "server/log.h"
#include "server/net/address.h"
#include "server/net/connection.h"
#include "server/net/connection_gate.h"
#include "server/net/io_thread.h"
#include "server/net/listener.h"
#include "server/net/tls_context.h"

namespace mailkeep::server::net {

// What is served at some addresses.
struct Service {
  std::string name;  // "imap", "pop3s", ...
  std::vector<Endpoint> listen;
  bool implicit_tls = false;  // TLS from the first octet (RFC 8314 3)
  // The whole conversation; the connection is closed when it returns. Called on an I/O thread.
  std::function<protocol::Awaitable<void>(protocol::Stream&)> session;
  std::string busy;  // the line that refuses a connection when there are too many, with CRLF
};

struct NetworkSettings {
  std::size_t io_threads = 1;
  std::chrono::milliseconds sweep_interval{std::chrono::seconds(1)};
  ConnectionLimits connection;
  ConnectionGate::Limits gate;
};

class Network {
 public:
  // Binds all addresses; throws std::runtime_error where that fails. `tls` may be null. `log`
  // outlives this.
  Network(const NetworkSettings& settings, std::vector<Service> services,
          std::unique_ptr<TlsProvider> tls, Log& log);
  // Ends connections at once if stop() was not called.
  ~Network();

  // Starts threads and accepting.
  void start();
  // Stops listening, tells the sessions to say goodbye, and returns when all have ended. Those that
  // need longer than `grace` lose their connection.
  void stop(std::chrono::milliseconds grace);

  // The port of the service's first address, 0 where it listens on no TCP address.
  std::uint16_t port(std::string_view service) const;
  // "imap" and where it really listens, in the order of the configuration.
  std::vector<std::pair<std::string, std::string>> addresses() const;
  TlsProvider* tls() { return tls_.get(); }
  std::size_t connections() const { return gate_.count(); }

 private:
  struct Bound {
    const Service* service;
    std::unique_ptr<Listener> listener;
  };
  void accepted(const Service& service, FileDescriptor socket, const SocketAddress& peer);
  void start_session(const Service& service, IoThread& io, FileDescriptor socket,
                     const SocketAddress& peer);
  void refuse(const Service& service, const FileDescriptor& socket, const SocketAddress& peer,
              ConnectionGate::Verdict verdict);
  IoThread& least_loaded();

  NetworkSettings settings_;
  std::vector<Service> services_;
  std::unique_ptr<TlsProvider> tls_;
  Log* log_;
  ConnectionGate gate_;
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::vector<Bound> bound_;
  // Refusals come in floods; one line a second is enough. Used on the accepting thread only.
  Clock::time_point last_refusal_{};
  std::uint64_t refusals_ = 0;
  bool started_ = false;
  bool stopped_ = false;
};

}  // namespace mailkeep::server::net
