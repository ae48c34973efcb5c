// One listening socket: TCP or Unix.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/log.h"
#include "server/net/address.h"
#include "server/net/file_descriptor.h"
#include "server/net/io_thread.h"

namespace mailkeep::server::net {

class Listener {
 public:
  using Accepted = std::function<void(FileDescriptor socket, const SocketAddress& peer)>;

  // Binds and listens at once; throws std::runtime_error saying what hinders it. `accepted` is
  // called on the I/O thread. A Unix socket left behind by a server that is gone is replaced.
  Listener(IoThread& io, const Endpoint& endpoint, const SocketAddress& address, Log& log,
           Accepted accepted);
  // When the I/O thread has ended.
  ~Listener();

  // Accepts from now on.
  void start();
  // Ends listening; from any thread.
  void close();

  std::uint16_t port() const { return address_.port(); }
  // The address it is really bound to: "127.0.0.1:40001" or "unix:/path".
  std::string text() const;

 private:
  void wait();
  void accept_waiting();
  void pause();

  IoThread* io_;
  Endpoint endpoint_;
  SocketAddress address_;
  Log* log_;
  Accepted accepted_;
  boost::asio::posix::stream_descriptor socket_;
  boost::asio::steady_timer pause_timer_;
  bool closed_ = false;
};

}  // namespace mailkeep::server::net
