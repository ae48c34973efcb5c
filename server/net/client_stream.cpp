#include "server/net/client_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/net/address.h"

namespace mailkeep::server::net {
namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr std::chrono::milliseconds kLookForStop{200};

std::string error_text(int error) {
  return std::generic_category().message(error);
}

// What OpenSSL has to say about its last failure.
std::string tls_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "TLS failed" : reason;
}

}  // namespace

ClientStream::ClientStream(Options options) : options_(std::move(options)) {
  check_end();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(options_.port);
  const int error = ::getaddrinfo(options_.host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) fail(::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  std::string problem = "no address";
  bool connected = false;
  for (const addrinfo* each = found; each != nullptr && !connected; each = each->ai_next) {
    connected = connect_to(*each, problem);
  }
  if (!connected) fail(problem);
  buffer_.resize(kBufferBytes);
  expect_answer();
}

ClientStream::~ClientStream() {
  SSL_free(session_);
  SSL_CTX_free(context_);
}

void ClientStream::fail(std::string_view what) const {
  throw NetworkError(options_.host + ':' + std::to_string(options_.port) + ": " +
                     std::string(what));
}

bool ClientStream::connect_to(const addrinfo& address, std::string& problem) {
  socket_ = FileDescriptor(
      ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
  if (socket_.get() < 0) {
    problem = error_text(errno);
    return false;
  }
  int error = ::connect(socket_.get(), address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    const int ready = poll_socket(POLLOUT);
    socklen_t length = sizeof error;
    error = ready == 0 ? ETIMEDOUT : errno;
    if (ready > 0) ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  }
  if (error != 0) {
    problem = error_text(error);
    return false;
  }
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SocketAddress peer;
  std::memcpy(&peer.storage, address.ai_addr, address.ai_addrlen);
  peer.length = address.ai_addrlen;
  loopback_ = peer.is_loopback();
  return true;
}

void ClientStream::start_tls() {
  context_ = SSL_CTX_new(TLS_client_method());
  if (context_ == nullptr) fail(tls_error());
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_default_verify_paths(context_);
  session_ = SSL_new(context_);
  if (session_ == nullptr || SSL_set_fd(session_, socket_.get()) != 1) fail(tls_error());
  SSL_set_tlsext_host_name(session_, options_.host.c_str());
  if (options_.check_certificate) {
    SSL_set_verify(session_, SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM* const check = SSL_get0_param(session_);
    X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    // An address, or else a name.
    if (X509_VERIFY_PARAM_set1_ip_asc(check, options_.host.c_str()) != 1) {
      X509_VERIFY_PARAM_set1_host(check, options_.host.c_str(), 0);
    }
  }
  ERR_clear_error();
  for (;;) {
    const int result = SSL_connect(session_);
    if (result == 1) return;
    const int error = SSL_get_error(session_, result);
    if (error == SSL_ERROR_WANT_READ) {
      wait(POLLIN);
    } else if (error == SSL_ERROR_WANT_WRITE) {
      wait(POLLOUT);
    } else {
      const long verdict = SSL_get_verify_result(session_);
      if (verdict == X509_V_OK) fail(tls_error());
      fail(std::string("the certificate is not trusted: ") +
           X509_verify_cert_error_string(verdict));
    }
  }
}

// As poll(2) returns; zero after the time limit.
int ClientStream::poll_socket(short events) {
  pollfd poll_for{socket_.get(), events, 0};
  const auto end = Clock::now() + options_.timeout;
  for (;;) {
    check_end();
    auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() < 0) left = {};
    left = std::min(left, kLookForStop);
    const int ready = ::poll(&poll_for, 1, static_cast<int>(left.count()));
    if (ready > 0 || (ready < 0 && errno != EINTR)) return ready;
    if (ready == 0 && Clock::now() >= end) return 0;
  }
}

void ClientStream::wait(short events) {
  const int ready = poll_socket(events);
  if (ready < 0) fail(error_text(errno));
  if (ready == 0) {
    fail("no answer for " + std::to_string(options_.timeout.count() / 1000) + " seconds");
  }
}

void ClientStream::check_end() const {
  if (options_.stop != nullptr && *options_.stop) fail("stopped");
  if (Clock::now() > options_.deadline) fail("takes too long");
}

void ClientStream::expect_answer() {
  asked_ = Clock::now();
  answered_bytes_ = 0;
}

void ClientStream::check_pace(std::size_t bytes) {
  answered_bytes_ += bytes;
  read_bytes_ += bytes;
  if (options_.most_bytes != 0 && read_bytes_ > options_.most_bytes) fail("says too much");
  const auto allowed =
      options_.timeout * kAnswerTimeouts + std::chrono::seconds(answered_bytes_ / kBytesPerSecond);
  if (Clock::now() - asked_ > allowed) fail("answers too slowly");
}

std::string_view ClientStream::read() {
  check_end();
  for (;;) {
    short wanted = POLLIN;
    if (session_ == nullptr) {
      const ssize_t got = ::recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
      if (got > 0) {
        check_pace(static_cast<std::size_t>(got));
        return std::string_view(buffer_).substr(0, static_cast<std::size_t>(got));
      }
      if (got == 0) fail("the connection was closed");
      if (errno == EINTR) continue;
      if (errno != EAGAIN) fail(error_text(errno));
    } else {
      ERR_clear_error();
      const int got = SSL_read(session_, buffer_.data(), static_cast<int>(buffer_.size()));
      if (got > 0) {
        check_pace(static_cast<std::size_t>(got));
        return std::string_view(buffer_).substr(0, static_cast<std::size_t>(got));
      }
      const int error = SSL_get_error(session_, got);
      if (error == SSL_ERROR_WANT_WRITE) {
        wanted = POLLOUT;
      } else if (error != SSL_ERROR_WANT_READ) {
        fail("the connection was closed");
      }
    }
    wait(wanted);
  }
}

void ClientStream::write(std::string_view bytes) {
  while (!bytes.empty()) {
    short wanted = POLLOUT;
    if (session_ == nullptr) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      if (errno == EINTR) continue;
      if (errno != EAGAIN) fail(error_text(errno));
    } else {
      ERR_clear_error();
      const int sent = SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()));
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
        continue;
      }
      const int error = SSL_get_error(session_, sent);
      if (error == SSL_ERROR_WANT_READ) {
        wanted = POLLIN;
      } else if (error != SSL_ERROR_WANT_WRITE) {
        fail("the connection was closed");
      }
    }
    wait(wanted);
  }
}

}  // namespace mailkeep::server::net
