// A server inside the test's process, with accounts `demo` and `other` (password "secret") and all
// four services on free ports of loopback; and clients that speak IMAP or POP3 to it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "server/server.h"
#include "tests/unit/server/net/test_client.h"

namespace mailkeep::server {

inline constexpr std::string_view kPassword = "secret";
inline constexpr std::string_view kSmallMessage =
    "From: a@example.com\r\nSubject: small\r\n\r\nHello.\r\n";

// Blocking, ten seconds a line at most.
class ScriptedImap {
 public:
  // Reads the greeting.
  explicit ScriptedImap(net::TestClient client);

  void send(std::string_view bytes) { client_.send(bytes); }
  std::string line() { return client_.line(); }
  bool start_tls() { return client_.start_tls(); }
  bool closed() { return client_.closed(); }
  const std::string& greeting() const { return greeting_; }

  // Sends `text` with a new tag and returns all that came up to its tagged response, whose tag is
  // replaced by "x". Literals are part of it.
  std::string command(std::string_view text);
  // The responses up to the tagged one of `tag`.
  std::string responses(std::string_view tag);
  void login(std::string_view account = "demo");
  void select(std::string_view mailbox = "INBOX");
  // Wants OK.
  void append(std::string_view mailbox, std::string_view message = kSmallMessage,
              std::string_view flags = "");

 private:
  net::TestClient client_;
  std::string greeting_;
  int tags_ = 0;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  // Starts it; `settings` is configuration text, e.g. "[limits]\nidle-timeout = 1s\n".
  void start(const std::string& settings = {});
  // Stops it and forgets it; the data stay.
  void stop();
  Server& server() { return *server_; }

  net::TestClient connect(std::string_view service);
  ScriptedImap imap() { return ScriptedImap(connect("imap")); }
  ScriptedImap logged_in(std::string_view account = "demo");
  ScriptedImap selected(std::string_view mailbox = "INBOX");
  net::TestClient pop3();  // after the greeting

  // The log so far.
  std::string log_text() const;
  std::filesystem::path data_dir() const { return directory_.path() / "data"; }

 private:
  net::TemporaryDirectory directory_;
  net::TlsIdentity identity_;
  mutable std::mutex mutex_;
  std::string log_text_;
  Log log_;
  std::unique_ptr<Server> server_;
};

}  // namespace mailkeep::server
