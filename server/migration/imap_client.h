// An IMAP client for migration: one connection to another server, commands one after the other,
// blocking (RFC 9051, RFC 3501). Used by one thread. Throws net::NetworkError where the connection
// breaks or hangs, ProtocolError where the server makes no sense, RemoteRefusal where it says no,
// WrongLogin where that is to who logs in.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "server/migration/fetch_reply.h"
#include "server/migration/list_reply.h"
#include "server/migration/remote_url.h"
#include "server/migration/response_reader.h"
#include "server/net/client_stream.h"

namespace mailkeep::server {

// NO or BAD to a command; the text is the server's.
class RemoteRefusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// NO to a log-in, for the password's sake.
class WrongLogin : public RemoteRefusal {
 public:
  using RemoteRefusal::RemoteRefusal;
};

struct RemoteLogin {
  RemoteUrl url;
  std::string password;  // or the token of OAuth 2
  std::string master;    // who logs in for the user (RFC 4616 2: authcid); empty: the user
  bool check_certificate = true;
  std::chrono::milliseconds timeout{60'000};
  const std::atomic<bool>* stop = nullptr;  // set: it ends soon, by net::NetworkError
  bool require_encryption = false;          // but to this machine, even if nothing is checked
  // Of all that is said on the connection; see net::ClientStream::Options.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::uint64_t most_bytes = 0;
  // Whether failures of the log-in quote the server, whose words might hold the password.
  bool quotes_refusals = true;
  bool* password_sent = nullptr;  // becomes true before it is
};

// What EXAMINE tells.
struct RemoteMailbox {
  std::uint32_t messages = 0;
  std::uint32_t uid_validity = 0;
  std::uint32_t uid_next = 0;  // zero: not told
  std::uint64_t modseq = 0;    // zero: none
};

class ImapClient {
 public:
  // Connects and logs in. A password is never sent where the connection is open to others, unless
  // the certificate need not be checked either.
  explicit ImapClient(const RemoteLogin& login);

  // In capitals; what the server told after log-in.
  bool has(std::string_view capability) const;
  // With subscriptions and special uses.
  std::vector<ListReply> mailboxes();
  // Of the personal namespace.
  const std::string& prefix() const { return prefix_; }
  StatusReply status(const std::string& wire_name);
  RemoteMailbox examine(const std::string& wire_name);

  // FETCH by UIDs: each reply, and where BODY[] is among `items`, its octets before it. `uids` is a
  // set as it stands on the wire.
  struct FetchSink {
    std::function<void(const FetchReply& reply)> reply;
    ResponseReader::Body body;
  };
  void fetch(std::string_view uids, std::string_view items, const FetchSink& sink);
  // The same in two steps: the server answers while something else is done.
  void begin_fetch(std::string_view uids, std::string_view items);
  void end_fetch(const FetchSink& sink);

  // Says goodbye and does not wait for what the server says.
  void logout();

 private:
  using Untagged = std::function<void(std::string_view line)>;

  std::string send_command(std::string_view text);
  void await(const std::string& tag, const Untagged& untagged);
  void command(std::string_view text, const Untagged& untagged);
  void greet(const RemoteLogin& login);
  void log_in(const RemoteLogin& login);
  void authenticate(const std::string& mechanism, const std::string& response);
  void take_capabilities(std::string_view line);
  void read_capabilities();
  void read_namespace();

  std::unique_ptr<net::ClientStream> stream_;
  ResponseReader reader_;
  std::function<void(std::string_view)> on_response_;
  ResponseReader::Body on_body_;
  std::vector<std::string> capabilities_;
  std::string prefix_;
  std::string fetch_tag_;
  std::uint64_t commands_ = 0;
  bool logging_in_ = false;
  bool quotes_refusals_ = true;
};

}  // namespace mailkeep::server
