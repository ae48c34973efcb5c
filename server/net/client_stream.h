// A connection to somebody else's server, for commands that fetch from there: blocking, each wait
// with a time limit, over TLS or not. Used by one thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <openssl/types.h>

#include "server/net/file_descriptor.h"

struct addrinfo;  // NOLINT(readability-identifier-naming)

namespace mailkeep::server::net {

// The connection cannot be made or used any more; the text says why and with whom.
class NetworkError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class ClientStream {
 public:
  struct Options {
    std::string host;
    std::uint16_t port = 0;
    std::chrono::milliseconds timeout{60'000};  // of each wait
    bool check_certificate = true;
    const std::atomic<bool>* stop = nullptr;  // set: every wait ends soon, as a failure
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    std::uint64_t most_bytes = 0;  // to be read at all; zero: any number
  };

  // Connects; tries the host's addresses one after the other. Throws NetworkError, as all others
  // do.
  explicit ClientStream(Options options);
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  // TLS 1.2 or newer. The certificate must be for the host and from an authority that this machine
  // trusts (SSL_CERT_FILE names others), unless it is not to be checked (RFC 9525 6).
  void start_tls();
  bool is_encrypted() const { return session_ != nullptr; }
  // Whether the other side is this machine.
  bool is_loopback() const { return loopback_; }

  // Waits for some octets, which are valid until the next call. Never empty: an end is an error.
  std::string_view read();
  void write(std::string_view bytes);
  // The other side has its time from now on: see kAnswerTimeouts.
  void expect_answer();

  // An answer may take so many time limits, and a second more for so many octets of it: nobody is
  // kept waiting by a little now and then.
  static constexpr int kAnswerTimeouts = 5;
  static constexpr std::uint64_t kBytesPerSecond = 1024;

 private:
  using Clock = std::chrono::steady_clock;

  [[noreturn]] void fail(std::string_view what) const;
  bool connect_to(const ::addrinfo& address, std::string& problem);
  void wait(short events);
  int poll_socket(short events);
  void check_pace(std::size_t bytes);
  void check_end() const;

  const Options options_;
  FileDescriptor socket_;
  bool loopback_ = false;
  SSL_CTX* context_ = nullptr;
  SSL* session_ = nullptr;
  std::string buffer_;
  Clock::time_point asked_;
  std::uint64_t answered_bytes_ = 0;
  std::uint64_t read_bytes_ = 0;
};

}  // namespace mailkeep::server::net
