#include "server/net/connection.h"

#include <atomic>
#include <cerrno>
#include <mutex>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace mailkeep::server::net {

namespace asio = boost::asio;
using protocol::Awaitable;
using protocol::ReadStatus;

namespace {

// So many reads and writes in a row may find the socket ready before others get their turn.
constexpr std::uint8_t kTurns = 16;
// What finish() takes from a client that still sends.
constexpr std::size_t kLingerBytes = 1024 * 1024;

int enable_no_delay(int socket) {
  const int yes = 1;
  return ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

// A limit that starts now; limits too long for the clock are none.
Clock::time_point from_now(std::chrono::seconds limit) {
  const Clock::time_point now = Clock::now();
  return limit < Clock::time_point::max() - now ? now + limit : Clock::time_point::max();
}

}  // namespace

// What wakers share with their connection. `owner` is used on the connection's thread only; `open`,
// under the mutex, says whether that thread's loop may still be told anything.
struct Connection::WakeState {
  std::atomic<bool> pending{false};
  std::mutex mutex;
  bool open = true;
  Connection* owner = nullptr;
  asio::any_io_executor executor;

  bool take() { return pending.load() && pending.exchange(false); }

  static void wake(const std::shared_ptr<WakeState>& state) {
    if (state->pending.exchange(true)) return;
    const std::lock_guard lock(state->mutex);
    if (!state->open) return;
    asio::post(state->executor, [state] {
      Connection* connection = state->owner;
      if (connection != nullptr && connection->wakeable_) connection->end_wait();
    });
  }
};

Connection::Connection(IoThread& io, FileDescriptor socket, const SocketAddress& peer,
                       const TlsProvider* tls, const ConnectionLimits& limits, Log& log)
    : io_(&io),
      socket_(io.context()),
      tls_provider_(tls),
      limits_(&limits),
      log_(&log),
      peer_(peer.text()),
      loopback_(peer.is_loopback()) {
  const int family = peer.storage.ss_family;
  if (family != AF_UNIX) enable_no_delay(socket.get());
  socket_.assign(asio::generic::stream_protocol(family, 0), socket.get());
  socket.release();
  socket_.native_non_blocking(true);
  io.add(*this);
  lost_ = io.aborted();
}

Connection::~Connection() {
  if (!wake_) return;
  const std::lock_guard lock(wake_->mutex);
  wake_->open = false;
  wake_->owner = nullptr;
}

protocol::Waker Connection::waker() {
  if (!wake_) {
    wake_ = std::make_shared<WakeState>();
    wake_->owner = this;
    wake_->executor = socket_.get_executor();
  }
  return [state = wake_] { WakeState::wake(state); };
}

Awaitable<ReadStatus> Connection::read(std::string& into, std::chrono::seconds limit,
                                       bool wakeable) {
  if (++turns_ >= kTurns) co_await give_way();
  std::optional<Clock::time_point> deadline;
  expired_ = false;
  for (;;) {
    if (lost_ || input_ended_) co_return ReadStatus::closed;
    if (io_->stopping()) co_return ReadStatus::stopping;
    if (wakeable && wake_ && wake_->take()) co_return ReadStatus::woken;
    if (expired_) co_return ReadStatus::timed_out;
    const Progress progress = receive(into);
    if (progress == Progress::some) co_return ReadStatus::data;
    if (progress == Progress::lost) continue;
    if (!kept_output_.empty()) {
      // Whoever wakes meanwhile is seen above.
      static_cast<void>(co_await flush_kept_output());
      continue;
    }
    if (!deadline) deadline = from_now(limit);
    wakeable_ = wakeable;
    reading_ = true;
    co_await wait(Direction::read, *deadline);
    wakeable_ = reading_ = false;
  }
}

Awaitable<bool> Connection::write(std::string_view bytes) {
  if (++turns_ >= kTurns) co_await give_way();
  if (tls_) co_return co_await write_tls(bytes);
  while (!bytes.empty()) {
    if (lost_) co_return false;
    const Progress progress = send(bytes);
    if (progress == Progress::none) {
      co_await wait(Direction::write, Clock::now() + limits_->write);
      if (expired_) lost_ = true;
    }
  }
  co_return !lost_;
}

Awaitable<bool> Connection::write_tls(std::string_view bytes) {
  // A variable, as in `converse` of network.cpp: see there.
  const bool ready = kept_output_.empty() || co_await flush_kept_output();
  if (!ready) co_return false;
  while (!bytes.empty()) {
    if (lost_) co_return false;
    const std::string_view piece = bytes.substr(0, IoThread::kScratchBytes);
    bytes.remove_prefix(piece.size());
    std::string& output = io_->output_scratch();
    output.clear();
    if (!tls_->send(piece, output) || !send_or_keep(output)) lost_ = true;
    if (!kept_output_.empty() && !co_await flush_kept_output()) co_return false;
  }
  co_return !lost_;
}

Awaitable<bool> Connection::start_tls() {
  if (!can_start_tls() || lost_) co_return false;
  tls_ = std::make_unique<TlsSession>(tls_provider_->current());
  const bool done = co_await handshake();
  if (!done) {
    lost_ = true;
    const std::string& reason = tls_->failure();
    log_->info(
        "tls_failed",
        {{"peer", peer_}, {"reason", reason.empty() ? "connection lost or timed out" : reason}});
  }
  co_return done;
}

Awaitable<bool> Connection::handshake() {
  const Clock::time_point deadline = Clock::now() + limits_->handshake;
  expired_ = false;
  while (!lost_ && !expired_ && !io_->stopping()) {
    const ssize_t count = receive_octets();
    if (count < 0) {
      reading_ = true;
      co_await wait(Direction::read, deadline);
      reading_ = false;
      continue;
    }
    if (count == 0) break;
    std::string& output = io_->output_scratch();
    output.clear();
    const auto status =
        tls_->handshake({io_->input_scratch(), static_cast<std::size_t>(count)}, output);
    const bool sent = send_or_keep(output);
    if (status == TlsSession::Status::failed || !sent) break;
    if (!kept_output_.empty() && !co_await flush_kept_output(deadline)) break;
    if (status == TlsSession::Status::ok) co_return true;
  }
  co_return false;
}

protocol::PeerState Connection::peer_state() {
  if (lost_) return protocol::PeerState::gone;
  pollfd state{};
  state.fd = socket_.native_handle();
  state.events = POLLRDHUP;
  if (::poll(&state, 1, 0) <= 0) return protocol::PeerState::present;
  if ((state.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return protocol::PeerState::gone;
  return protocol::PeerState::silent;
}

Awaitable<void> Connection::finish() {
  if (lost_) co_return;
  if (tls_) {
    std::string& output = io_->output_scratch();
    output.clear();
    tls_->close(output);
    if (kept_output_.empty()) send_or_keep(output);
  }
  ::shutdown(socket_.native_handle(), SHUT_WR);
  const Clock::time_point deadline = Clock::now() + limits_->linger;
  std::size_t taken = 0;
  expired_ = false;
  while (!expired_ && taken < kLingerBytes) {
    const ssize_t count = receive_octets();
    if (count == 0 || (count < 0 && taken == 0)) break;
    if (count < 0) {
      co_await wait(Direction::read, deadline);
    } else {
      taken += static_cast<std::size_t>(count);
    }
  }
  lost_ = true;
}

void Connection::sweep(Clock::time_point now) {
  if (!waiting_ || now < deadline_) return;
  expired_ = true;
  end_wait();
}

void Connection::begin_stop() {
  if (reading_) end_wait();
}

void Connection::abort() {
  lost_ = true;
  ::shutdown(socket_.native_handle(), SHUT_RDWR);
  end_wait();
}

Connection::Progress Connection::receive(std::string& into) {
  return tls_ ? receive_tls(into) : receive_plain(into);
}

Connection::Progress Connection::receive_plain(std::string& into) {
  const ssize_t count = receive_octets();
  if (count < 0) return Progress::none;
  if (count == 0) return Progress::lost;
  into.append(io_->input_scratch(), static_cast<std::size_t>(count));
  return Progress::some;
}

Connection::Progress Connection::receive_tls(std::string& into) {
  const std::size_t before = into.size();
  for (;;) {
    std::string_view input;
    if (!tls_->has_unread()) {
      const ssize_t count = receive_octets();
      if (count < 0) return Progress::none;
      if (count == 0) return Progress::lost;
      input = {io_->input_scratch(), static_cast<std::size_t>(count)};
    }
    std::string& output = io_->output_scratch();
    output.clear();
    const auto status =
        tls_->receive(input, io_->plaintext_scratch(), IoThread::kScratchBytes, into, output);
    if (!send_or_keep(output) || status == TlsSession::Status::failed) lost_ = true;
    if (status == TlsSession::Status::closed) input_ended_ = true;
    if (into.size() > before) return Progress::some;
    if (lost_ || input_ended_) return Progress::lost;
  }
}

// Into the thread's scratch memory. Negative: nothing there now; 0: nothing more will come.
ssize_t Connection::receive_octets() {
  for (;;) {
    const ssize_t count = ::recv(socket_.native_handle(), io_->input_scratch(),
                                 IoThread::kScratchBytes, MSG_DONTWAIT);
    if (count > 0) return count;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return -1;
    (count == 0 ? input_ended_ : lost_) = true;
    return 0;
  }
}

Connection::Progress Connection::send(std::string_view& bytes) {
  for (;;) {
    const ssize_t count =
        ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      return Progress::some;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Progress::none;
    lost_ = true;
    return Progress::lost;
  }
}

// Sends at once what the socket takes and keeps the rest. False: the peer is gone, or makes us keep
// more than it may.
bool Connection::send_or_keep(std::string_view bytes) {
  Progress progress = Progress::some;
  while (kept_output_.empty() && !bytes.empty() && progress == Progress::some) {
    progress = send(bytes);
  }
  if (progress == Progress::lost) return false;
  kept_output_ += bytes;
  return kept_output_.size() <= 4 * IoThread::kScratchBytes;
}

Awaitable<bool> Connection::flush_kept_output(std::optional<Clock::time_point> deadline) {
  std::string_view rest = kept_output_;
  while (!lost_ && !rest.empty()) {
    if (send(rest) == Progress::none) {
      co_await wait(Direction::write, deadline.value_or(Clock::now() + limits_->write));
      if (expired_) lost_ = true;
    }
  }
  kept_output_ = {};
  co_return !lost_;
}

Awaitable<void> Connection::wait(Direction direction, Clock::time_point deadline) {
  turns_ = 0;
  expired_ = false;
  deadline_ = deadline;
  waiting_ = true;
  co_await socket_.async_wait(
      direction == Direction::read ? asio::socket_base::wait_read : asio::socket_base::wait_write,
      asio::as_tuple(asio::use_awaitable));
  waiting_ = false;
}

Awaitable<void> Connection::give_way() {
  turns_ = 0;
  co_await asio::post(socket_.get_executor(), asio::use_awaitable);
}

void Connection::end_wait() {
  if (!waiting_) return;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

}  // namespace mailkeep::server::net
