// An IMAP server for tests of the migration: what it has is set by the test, and so is how it
// misbehaves. On a free port of the loopback address; a thread for each connection.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mailkeep::server {

struct FakeMessage {
  std::uint32_t uid = 0;
  std::string text;
  std::string flags{};  // "\\Seen Work"
  std::string date = "07-Feb-2022 21:52:25 +0100";
  std::uint64_t modseq = 1;
};

struct FakeMailbox {
  std::uint32_t uid_validity = 1000;
  std::uint32_t uid_next = 0;  // zero: after the last message
  std::vector<FakeMessage> messages{};
  std::string attributes{};  // of LIST
  bool subscribed = true;
  std::uint64_t modseq = 0;  // zero: no CONDSTORE
};

struct FakeFaults {
  bool hang_in_message = false;   // half of it is sent, and then nothing
  bool close_in_message = false;  // half of it is sent
  int closes = 1000;              // how often, of those
  bool repeat_messages = false;   // each is sent twice
  bool wrong_sizes = false;       // RFC822.SIZE is a lie
  std::uint64_t literal = 0;      // what every literal claims to be; its octets stay as they are
  std::uint32_t refused_uid = 0;  // FETCH of it is answered NO
  bool foreign_uids = false;      // messages nobody asked for are sent along
  bool endless_line = false;      // LIST is answered by a line without an end
  bool drip = false;              // LIST is answered by a keep-alive line now and then, forever
  bool endless_greeting = false;  // keep-alive lines before the answer to CAPABILITY, forever
  bool refuses_list = false;
  bool bye_at_login = false;
  std::string login_answer{};       // to a log-in, in place of OK
  std::uint32_t closes_at_uid = 0;  // the connection ends where its text is asked for
  std::uint32_t unlisted_uid = 0;   // FETCH leaves it out
  std::uint32_t bare_uid = 0;       // FETCH has it without its text
  bool refuses_messages = false;    // FETCH of texts, and of UIDs alone, is answered NO
  bool talks_before_tls = false;    // more than its answer follows STARTTLS at once
};

class FakeImapServer {
 public:
  FakeImapServer();
  ~FakeImapServer();
  FakeImapServer(const FakeImapServer&) = delete;
  FakeImapServer& operator=(const FakeImapServer&) = delete;

  std::uint16_t port() const { return port_; }
  // Commands that were sent, without their tags.
  std::vector<std::string> commands();
  void forget_commands();

  // To be set while no connection is served.
  std::map<std::string, FakeMailbox> mailboxes;
  FakeFaults faults;
  std::string capabilities = "IMAP4rev1 AUTH=PLAIN SASL-IR NAMESPACE SPECIAL-USE LIST-EXTENDED";
  char separator = '/';
  std::string prefix;

 private:
  struct Session;
  void accept_all();
  void serve(int socket);
  bool answer(Session& session, const std::string& line);
  void list(Session& session, bool lsub);
  void fetch(Session& session, const std::string& tag, std::string arguments);
  void send_message(Session& session, const FakeMessage& message, std::size_t number,
                    const std::string& items);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::vector<std::string> commands_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace mailkeep::server
