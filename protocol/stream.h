// What a session knows of its connection: bytes in, bytes out, TLS, and being woken. The server
// implements it over sockets, tests over memory.
//
// A stream belongs to one session and runs on that session's executor; only a Waker may be used
// from other threads.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

namespace mailkeep::protocol {

template <class T>
using Awaitable = boost::asio::awaitable<T>;

enum class ReadStatus : std::uint8_t {
  data,       // octets were appended
  woken,      // somebody called the waker
  closed,     // the peer is gone, or the network
  timed_out,  // nothing came within the limit
  stopping,   // the server stops: say goodbye
};

// Calls may come from any thread, also after the session has ended (then nothing happens).
using Waker = std::function<void()>;

enum class PeerState : std::uint8_t {
  present,
  silent,  // it will send no more; it may still read, or be gone
  gone,
};

class Stream {
 public:
  virtual ~Stream() = default;

  // Appends what has arrived, at least one octet and at most about `kReadBytes`, to `into`.
  // While nothing arrives, no memory is held for it. `wakeable`: a wake since the last
  // `woken` answer ends the wait.
  static constexpr std::size_t kReadBytes = 64 * 1024;
  virtual Awaitable<ReadStatus> read(std::string& into, std::chrono::seconds limit,
                                     bool wakeable = false) = 0;

  // All of `bytes`, which must stay until it returns. False: the peer is gone or took too long;
  // every later write is false too.
  virtual Awaitable<bool> write(std::string_view bytes) = 0;

  // Server side of the handshake. Whatever came before it in plaintext must have been thrown away
  // by the caller (RFC 9051 6.2.1). False: it failed; the session must end.
  virtual Awaitable<bool> start_tls() = 0;
  virtual bool can_start_tls() const = 0;  // a certificate is there and TLS is not yet on
  virtual bool is_tls() const = 0;

  // What binds a log-in to this very connection (RFC 5056): the octets of "tls-exporter" (RFC
  // 9266), "tls-unique" or "tls-server-end-point" (RFC 5929). Empty: no TLS, or not with this
  // binding.
  virtual std::string channel_binding(std::string_view /*type*/) const { return {}; }
  // The names of the client's certificate, which has been verified: "sha256:" and the hash of it in
  // lower-case hexadecimal digits, "email:", "dns:" and "cn:". None: it gave none.
  virtual std::vector<std::string> certificate_names() const { return {}; }

  virtual Waker waker() = 0;

  // How the connection is now, without waiting: for work that takes long and reads nothing.
  virtual PeerState peer_state() { return PeerState::present; }

  // The peer as text for logs ("192.0.2.1:40000", "unix").
  virtual const std::string& peer() const = 0;
  virtual bool peer_is_loopback() const = 0;
};

}  // namespace mailkeep::protocol
