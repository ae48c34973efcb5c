// One connection of the load generator to an IMAP or POP3 server, plain or TLS. Blocking; for one
// thread. Throws std::runtime_error when the server does not do what it should.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct ssl_st;

namespace mailkeep::load {

struct Endpoint {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  bool tls = false;
};

class Connection {
 public:
  explicit Connection(const Endpoint& endpoint);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int socket() const { return socket_; }
  void send(std::string_view data);

  // The next line without its CRLF; valid until the next call. Literals are not looked into.
  std::string_view line();

  // --- IMAP ---
  // Sends `TAG COMMAND` and waits for its OK. Returns how many untagged responses came before it.
  std::size_t command(std::string_view text);
  // Sends it only; the tag is returned by `next_tag()` before.
  void send_command(std::string_view text);
  // Reads up to the next tagged response, over literals, and wants it to be OK.
  std::size_t await_ok();
  // Octets that await_ok() went over since the connection began.
  std::uint64_t received() const { return received_; }
  // What the tagged line of the last await_ok() said.
  const std::string& last() const { return last_; }
  void login(std::string_view user, std::string_view password);
  void append(std::string_view mailbox, std::string_view message);

  // --- POP3 ---
  // Sends a line and wants "+OK". With `multiline`, reads up to the final dot too.
  void pop3(std::string_view text, bool multiline = false);
  void await_pop3(bool multiline);

 private:
  void fill();
  void skip(std::size_t octets);

  int socket_ = -1;
  ssl_st* tls_ = nullptr;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t tag_ = 0;
  std::string last_;
};

}  // namespace mailkeep::load
