// A stream with DEFLATE over another one (RFC 4978): what comes is inflated, what goes is deflated
// and flushed. Over TLS as over a bare connection, since it stands above both.
//
// While the client is silent for a second, no compressor is held, and of the decompressor only the
// text that the client may still refer to (at most 32 KiB).
#pragma once

#include <memory>
#include <string>

#include "protocol/stream.h"

namespace mailkeep::imap {

class CompressedStream final : public protocol::Stream {
 public:
  // `under` must outlive it. `received`: octets that came already, compressed.
  CompressedStream(protocol::Stream& under, std::string received);
  ~CompressedStream() override;

  // Data that cannot be inflated ends the connection: it is answered as closed.
  protocol::Awaitable<protocol::ReadStatus> read(std::string& into, std::chrono::seconds limit,
                                                 bool wakeable) override;
  protocol::Awaitable<bool> write(std::string_view bytes) override;
  // There is no TLS to start any more (RFC 4978 3).
  protocol::Awaitable<bool> start_tls() override;
  bool can_start_tls() const override { return false; }
  bool is_tls() const override { return under_.is_tls(); }
  protocol::Waker waker() override { return under_.waker(); }
  const std::string& peer() const override { return under_.peer(); }
  bool peer_is_loopback() const override { return under_.peer_is_loopback(); }

  // The end of compression (RFC 8437 4): the next write is the last one that is compressed, and
  // ends the compressed octets.
  void end_output() { ending_ = true; }
  // Reads the client's compressed octets to their end. What came behind them, which is not
  // compressed, is appended to `plain`. False: the connection is gone, or sent what cannot be
  // inflated.
  protocol::Awaitable<bool> end_input(std::string& plain, std::chrono::seconds limit);

  // Octets held while idle, without this object; for tests.
  std::size_t held_bytes() const;

 private:
  class Deflater;
  class Inflater;
  enum class Inflated : std::uint8_t { some, none, ended, broken };

  Inflated inflate_to(std::string& into);
  void release();

  protocol::Stream& under_;
  std::string received_;                // not inflated yet
  std::unique_ptr<Deflater> deflater_;  // null while nothing was written lately
  std::unique_ptr<Inflater> inflater_;  // null while idle
  std::string history_;                 // what a new inflater starts from
  bool broken_ = false;
  bool ending_ = false;
};

}  // namespace mailkeep::imap
