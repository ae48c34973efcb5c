#include "server/net/listener.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>

#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace mailkeep::server::net {

namespace asio = boost::asio;

namespace {

constexpr int kBacklog = 4096;      // the kernel cuts it to net.core.somaxconn
constexpr int kAcceptsAtOnce = 64;  // then the thread's connections get their turn
constexpr auto kPause = std::chrono::milliseconds(200);  // after the kernel refused a descriptor

[[noreturn]] void fail(const Endpoint& endpoint, const char* what) {
  throw std::runtime_error(
      fmt::format("cannot listen on {}: {}: {}", endpoint.text(), what, std::strerror(errno)));
}

// Whether nobody answers at the path: then a socket file there is a leftover.
bool is_leftover(const Endpoint& endpoint, const SocketAddress& address) {
  struct stat status{};
  if (::lstat(endpoint.path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const FileDescriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::connect(probe.get(), address.get(), address.length) != 0 && errno == ECONNREFUSED;
}

FileDescriptor open_socket(const Endpoint& endpoint, SocketAddress& address) {
  const int family = address.storage.ss_family;
  FileDescriptor socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) fail(endpoint, "socket");
  const int yes = 1;
  if (family == AF_UNIX) {
    if (is_leftover(endpoint, address)) ::unlink(endpoint.path.c_str());
  } else {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  }
  if (family == AF_INET6) {
    const int ipv6_only = endpoint.host.empty() ? 0 : 1;
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &ipv6_only, sizeof ipv6_only);
  }
  if (::bind(socket.get(), address.get(), address.length) != 0) fail(endpoint, "bind");
  // Who may connect to a Unix socket is a matter of its directory; log-in is asked for anyway.
  if (family == AF_UNIX) ::chmod(endpoint.path.c_str(), 0666);
  if (::listen(socket.get(), kBacklog) != 0) fail(endpoint, "listen");
  if (family != AF_UNIX) {
    address.length = sizeof address.storage;
    ::getsockname(socket.get(), address.get(), &address.length);
  }
  return socket;
}

}  // namespace

Listener::Listener(IoThread& io, const Endpoint& endpoint, const SocketAddress& address, Log& log,
                   Accepted accepted)
    : io_(&io),
      endpoint_(endpoint),
      address_(address),
      log_(&log),
      accepted_(std::move(accepted)),
      socket_(io.context()),
      pause_timer_(io.context()) {
  FileDescriptor socket = open_socket(endpoint_, address_);
  socket_.assign(socket.get());
  socket.release();
}

Listener::~Listener() {
  if (endpoint_.is_unix()) ::unlink(endpoint_.path.c_str());
}

std::string Listener::text() const {
  return endpoint_.is_unix() ? endpoint_.text() : address_.text();
}

void Listener::start() {
  asio::post(io_->context(), [this] { wait(); });
}

void Listener::close() {
  asio::post(io_->context(), [this] {
    closed_ = true;
    boost::system::error_code ignored;
    socket_.close(ignored);
    pause_timer_.cancel();
  });
}

void Listener::wait() {
  if (closed_) return;
  socket_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (!error) accept_waiting();
                     });
}

void Listener::accept_waiting() {
  for (int count = 0; count < kAcceptsAtOnce && !closed_; ++count) {
    SocketAddress peer;
    peer.length = sizeof peer.storage;
    FileDescriptor accepted(
        ::accept4(socket_.native_handle(), peer.get(), &peer.length, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (accepted) {
      if (endpoint_.is_unix()) peer.storage.ss_family = AF_UNIX;
      accepted_(std::move(accepted), peer);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      log_->error("accept_failed", {{"address", text()}, {"error", std::strerror(errno)}});
      pause();
      return;
    }
    // What is left are errors of that one connection (accept(2)): the next may be fine.
  }
  wait();
}

void Listener::pause() {
  pause_timer_.expires_after(kPause);
  pause_timer_.async_wait([this](const boost::system::error_code&) { wait(); });
}

}  // namespace mailkeep::server::net
