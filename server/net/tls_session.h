// The server's side of one TLS session, without I/O: ciphertext goes in and comes out as memory.
// Every call takes all the input it is given, so that no buffer outlives the call; what is to be
// sent is appended to `output`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include "server/net/tls_context.h"

namespace mailkeep::server::net {

class TlsSession {
 public:
  enum class Status : std::uint8_t {
    ok,
    want_input,  // the handshake goes on with the peer's next octets
    closed,      // the peer said that nothing more will come (close_notify)
    failed,
  };

  explicit TlsSession(std::shared_ptr<const TlsContext> context);

  // One step of the handshake (RFC 8446 2). ok: it is done. `failed`: failure() says why; output
  // may hold an alert.
  Status handshake(std::string_view input, std::string& output);

  // Decrypts all of `input`, appending to `plaintext`, by way of `scratch`. Data may come together
  // with `closed` or `failed`.
  Status receive(std::string_view input, char* scratch, std::size_t scratch_bytes,
                 std::string& plaintext, std::string& output);
  // Whether octets that came with the end of the handshake wait: call receive() with no input.
  bool has_unread() const { return !unread_.empty(); }

  // False: the session is broken.
  bool send(std::string_view plaintext, std::string& output);

  // The octets of a channel binding, after the handshake: "tls-exporter" (RFC 9266), "tls-unique"
  // (RFC 5929 3; TLS 1.2 only) or "tls-server-end-point" (RFC 5929 4). Empty where there is none.
  std::string channel_binding(std::string_view type) const;
  // Of the client's certificate, as protocol::Stream has them; none where it gave none, or it could
  // not be verified.
  std::vector<std::string> certificate_names() const;

  // Says that nothing more will come (RFC 8446 6.1).
  void close(std::string& output);

  // Why it failed, for the log.
  const std::string& failure() const { return failure_; }

 private:
  struct Free {
    void operator()(SSL* session) const;
  };
  // What the library reads from and writes to during one call.
  struct Wire {
    std::string_view input;
    std::string* output = nullptr;
  };
  friend struct TlsWireMethod;

  Status fail();

  Wire wire_;
  std::unique_ptr<SSL, Free> ssl_;
  std::shared_ptr<const TlsContext> context_;  // until the handshake is done
  std::string unread_;
  std::string failure_;
};

}  // namespace mailkeep::server::net
