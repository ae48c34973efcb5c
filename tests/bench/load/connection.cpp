#include "tests/bench/load/connection.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mailkeep::load {
namespace {

// Small for the thousands that idle; grows where much comes.
constexpr std::size_t kFirstBufferBytes = 4 * 1024;
constexpr std::size_t kMaxBufferBytes = 256 * 1024;

SSL_CTX* tls_context() {
  static SSL_CTX* const context = [] {
    SSL_CTX* made = SSL_CTX_new(TLS_client_method());
    if (made == nullptr) throw std::runtime_error("no TLS");
    SSL_CTX_set_verify(made, SSL_VERIFY_NONE, nullptr);  // a test's own certificate
    return made;
  }();
  return context;
}

// The octets of the literal that the line announces at its end, or none.
std::size_t literal_octets(std::string_view line) {
  if (line.empty() || line.back() != '}') return 0;
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos) return 0;
  std::size_t octets = 0;
  std::from_chars(line.data() + open + 1, line.data() + line.size() - 1, octets);
  return octets;
}

}  // namespace

Connection::Connection(const Endpoint& endpoint) : buffer_(kFirstBufferBytes, '\0') {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  if (socket_ < 0 || inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr) != 1 ||
      ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
  }
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (endpoint.tls) {
    tls_ = SSL_new(tls_context());
    SSL_set_fd(tls_, socket_);
    if (SSL_connect(tls_) != 1) throw std::runtime_error("TLS handshake failed");
  }
  line();  // the greeting
}

Connection::~Connection() {
  if (tls_ != nullptr) SSL_free(tls_);
  if (socket_ >= 0) ::close(socket_);
}

void Connection::send(std::string_view data) {
  while (!data.empty()) {
    const ssize_t sent = tls_ != nullptr
                             ? SSL_write(tls_, data.data(), static_cast<int>(data.size()))
                             : ::send(socket_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the server closed the connection");
    data.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Connection::fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (begin_ > 0 && end_ == buffer_.size()) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  const std::size_t room = buffer_.size() - end_;
  const ssize_t got = tls_ != nullptr
                          ? SSL_read(tls_, buffer_.data() + end_, static_cast<int>(room))
                          : ::recv(socket_, buffer_.data() + end_, room, 0);
  if (got <= 0) throw std::runtime_error("the server closed the connection");
  end_ += static_cast<std::size_t>(got);
  if (end_ == buffer_.size() && buffer_.size() < kMaxBufferBytes) buffer_.resize(end_ * 2);
  received_ += static_cast<std::uint64_t>(got);
}

std::string_view Connection::line() {
  std::size_t looked = 0;
  while (true) {
    const char* start = buffer_.data() + begin_;
    const void* found = std::memchr(start + looked, '\n', end_ - begin_ - looked);
    if (found != nullptr) {
      std::size_t length = static_cast<std::size_t>(static_cast<const char*>(found) - start);
      begin_ += length + 1;
      if (length > 0 && start[length - 1] == '\r') --length;
      return {start, length};
    }
    looked = end_ - begin_;
    fill();
  }
}

void Connection::skip(std::size_t octets) {
  while (true) {
    const std::size_t here = std::min(octets, end_ - begin_);
    begin_ += here;
    octets -= here;
    if (octets == 0) return;
    fill();
  }
}

std::size_t Connection::command(std::string_view text) {
  send_command(text);
  return await_ok();
}

void Connection::send_command(std::string_view text) {
  std::string line = "t" + std::to_string(++tag_) + " ";
  line.append(text).append("\r\n");
  send(line);
}

std::size_t Connection::await_ok() {
  std::size_t untagged = 0;
  while (true) {
    std::string_view text = line();
    const bool tagged = text.starts_with('t');
    if (tagged) {
      last_ = text;
      if (text.find(" OK") == std::string_view::npos) throw std::runtime_error(last_);
      return untagged;
    }
    ++untagged;
    for (std::size_t octets = literal_octets(text); octets > 0;) {
      skip(octets);
      text = line();
      octets = literal_octets(text);
    }
  }
}

void Connection::login(std::string_view user, std::string_view password) {
  command("LOGIN \"" + std::string(user) + "\" \"" + std::string(password) + "\"");
}

void Connection::append(std::string_view mailbox, std::string_view message) {
  std::string text = "t" + std::to_string(++tag_) + " APPEND ";
  text.append(mailbox).append(" {").append(std::to_string(message.size())).append("+}\r\n");
  text.append(message).append("\r\n");
  send(text);
  await_ok();
}

void Connection::pop3(std::string_view text, bool multiline) {
  send(std::string(text) + "\r\n");
  await_pop3(multiline);
}

void Connection::await_pop3(bool multiline) {
  const std::string_view answer = line();
  if (!answer.starts_with("+OK")) throw std::runtime_error(std::string(answer));
  while (multiline && line() != ".") {
  }
}

}  // namespace mailkeep::load
