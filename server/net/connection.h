// A session's stream over a socket (TCP or Unix), with TLS where it is switched on.
//
// Lives on one IoThread; only its waker may be used elsewhere. Reads and writes are tried at once
// and wait only where the kernel has nothing (or no room), and what is read goes through the
// thread's scratch memory: an idle connection holds no buffer, no timer and no TLS buffer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/generic/stream_protocol.hpp>

#include "protocol/stream.h"
#include "server/log.h"
#include "server/net/address.h"
#include "server/net/file_descriptor.h"
#include "server/net/io_thread.h"
#include "server/net/tls_context.h"
#include "server/net/tls_session.h"

namespace mailkeep::server::net {

struct ConnectionLimits {
  // Without progress of a write; then the client counts as gone.
  std::chrono::milliseconds write{std::chrono::seconds(60)};
  // For the whole TLS handshake.
  std::chrono::milliseconds handshake{std::chrono::seconds(30)};
  // How long finish() waits for a client that still sends.
  std::chrono::milliseconds linger{std::chrono::seconds(2)};
};

class Connection final : public protocol::Stream, public Sweepable {
 public:
  // On the I/O thread. `tls` may be null: no certificate. `tls`, `limits` and `log` must outlive
  // it.
  Connection(IoThread& io, FileDescriptor socket, const SocketAddress& peer, const TlsProvider* tls,
             const ConnectionLimits& limits, Log& log);
  ~Connection() override;

  // --- protocol::Stream ---
  protocol::Awaitable<protocol::ReadStatus> read(std::string& into, std::chrono::seconds limit,
                                                 bool wakeable) override;
  protocol::Awaitable<bool> write(std::string_view bytes) override;
  protocol::Awaitable<bool> start_tls() override;
  bool can_start_tls() const override { return tls_provider_ != nullptr && !tls_; }
  bool is_tls() const override { return tls_ != nullptr; }
  std::string channel_binding(std::string_view type) const override {
    return tls_ ? tls_->channel_binding(type) : std::string();
  }
  std::vector<std::string> certificate_names() const override {
    return tls_ ? tls_->certificate_names() : std::vector<std::string>();
  }
  protocol::Waker waker() override;
  protocol::PeerState peer_state() override;
  const std::string& peer() const override { return peer_; }
  bool peer_is_loopback() const override { return loopback_; }

  // The end, after the session: says so to the peer and, where octets of it are still under way,
  // takes them for a moment, so that the last replies are not lost to a reset (RFC 9293 3.10.4).
  protocol::Awaitable<void> finish();

  // --- Sweepable ---
  void sweep(Clock::time_point now) override;
  void begin_stop() override;
  void abort() override;

 private:
  struct WakeState;
  enum class Direction : std::uint8_t { read, write };
  enum class Progress : std::uint8_t { some, none, lost };

  Progress receive(std::string& into);
  Progress receive_plain(std::string& into);
  Progress receive_tls(std::string& into);
  ssize_t receive_octets();
  // Sends what the socket takes and removes it from `bytes`.
  Progress send(std::string_view& bytes);
  bool send_or_keep(std::string_view bytes);
  protocol::Awaitable<bool> flush_kept_output(std::optional<Clock::time_point> deadline = {});
  protocol::Awaitable<bool> write_tls(std::string_view bytes);
  protocol::Awaitable<bool> handshake();
  protocol::Awaitable<void> wait(Direction direction, Clock::time_point deadline);
  protocol::Awaitable<void> give_way();
  void end_wait();

  IoThread* io_;
  boost::asio::generic::stream_protocol::socket socket_;
  const TlsProvider* tls_provider_;
  const ConnectionLimits* limits_;
  Log* log_;
  std::unique_ptr<TlsSession> tls_;
  std::string kept_output_;  // ciphertext the socket had no room for
  std::shared_ptr<WakeState> wake_;
  std::string peer_;
  Clock::time_point deadline_ = Clock::time_point::max();  // of the current wait
  std::uint8_t turns_ = 0;                                 // since it last waited
  bool loopback_;
  bool waiting_ = false;
  bool wakeable_ = false;     // the current wait ends when woken
  bool reading_ = false;      // the current wait ends when the server stops
  bool expired_ = false;      // the sweep ended the current wait
  bool input_ended_ = false;  // the peer sends no more; it may still read
  bool lost_ = false;         // nothing can be read or written any more
};

}  // namespace mailkeep::server::net
