#include "tests/unit/server/migration/fake_imap_server.h"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <stdexcept>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mailkeep::server {

struct FakeImapServer::Session {
  int socket;
  std::string input{};
  const FakeMailbox* selected = nullptr;
  bool broken = false;

  void send(const std::string& text) {
    std::size_t sent = 0;
    while (sent < text.size() && !broken) {
      const ssize_t result = ::send(socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      broken = result <= 0;
      if (!broken) sent += static_cast<std::size_t>(result);
    }
  }
  bool read_line(std::string& line) {
    for (;;) {
      const std::size_t end = input.find("\r\n");
      if (end != std::string::npos) {
        line = input.substr(0, end);
        input.erase(0, end + 2);
        return true;
      }
      char buffer[4096];
      const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
      if (got <= 0) return false;
      input.append(buffer, static_cast<std::size_t>(got));
    }
  }
  // Until the client goes.
  void wait_for_end() {
    char octet = 0;
    while (::recv(socket, &octet, 1, 0) > 0) {
    }
    broken = true;
  }
};

FakeImapServer::FakeImapServer() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, plain, length) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, plain, &length) != 0) {
    throw std::runtime_error("cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeImapServer::~FakeImapServer() {
  stop_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

void FakeImapServer::accept_all() {
  while (!stop_) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

std::vector<std::string> FakeImapServer::commands() {
  const std::lock_guard lock(mutex_);
  return commands_;
}

void FakeImapServer::forget_commands() {
  const std::lock_guard lock(mutex_);
  commands_.clear();
}

void FakeImapServer::serve(int socket) {
  Session session{.socket = socket};
  session.send("* OK ready\r\n");
  std::string line;
  while (!session.broken && session.read_line(line)) {
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(line.substr(std::min(line.find(' ') + 1, line.size())));
    }
    if (!answer(session, line)) break;
  }
  ::shutdown(socket, SHUT_RDWR);
}

bool FakeImapServer::answer(Session& session, const std::string& line) {
  std::istringstream words(line);
  std::string tag;
  std::string command;
  words >> tag >> command;
  const auto argument = [&] {
    std::string text;
    words >> std::ws;
    if (words.peek() == '"') {
      words.get();
      std::getline(words, text, '"');
    } else {
      words >> text;
    }
    return text;
  };
  if (command == "CAPABILITY") session.send("* CAPABILITY " + capabilities + "\r\n");
  while (command == "CAPABILITY" && faults.endless_greeting && !session.broken) {
    session.send("* OK still here\r\n");
  }
  if (command == "LIST" && faults.refuses_list) {
    session.send(tag + " NO not now\r\n");
    return true;
  }
  if (command == "NAMESPACE") {
    session.send("* NAMESPACE ((\"" + prefix + "\" \"" + separator + "\")) NIL NIL\r\n");
  }
  if ((command == "AUTHENTICATE" || command == "LOGIN") && faults.bye_at_login) {
    session.send("* BYE too busy\r\n");
    return false;
  }
  if ((command == "AUTHENTICATE" || command == "LOGIN") && !faults.login_answer.empty()) {
    session.send(tag + ' ' + faults.login_answer + "\r\n");
    return true;
  }
  if (command == "STARTTLS" && faults.talks_before_tls) {
    session.send(tag + " OK begin\r\n* CAPABILITY ");
    return true;
  }
  if (command == "LIST" || command == "LSUB") list(session, command == "LSUB");
  if (command == "STATUS") {
    const std::string name = argument();
    const FakeMailbox& mailbox = mailboxes[name];
    const std::uint32_t last = mailbox.messages.empty() ? 0 : mailbox.messages.back().uid;
    session.send("* STATUS \"" + name + "\" (MESSAGES " + std::to_string(mailbox.messages.size()) +
                 " UIDNEXT " + std::to_string(std::max(mailbox.uid_next, last + 1)) +
                 " UIDVALIDITY " + std::to_string(mailbox.uid_validity) + " HIGHESTMODSEQ " +
                 std::to_string(mailbox.modseq) + ")\r\n");
  }
  if (command == "EXAMINE") {
    const auto found = mailboxes.find(argument());
    if (found == mailboxes.end()) {
      session.send(tag + " NO there is none\r\n");
      return true;
    }
    const FakeMailbox& mailbox = found->second;
    session.selected = &mailbox;
    const std::uint32_t last = mailbox.messages.empty() ? 0 : mailbox.messages.back().uid;
    session.send("* " + std::to_string(mailbox.messages.size()) + " EXISTS\r\n* OK [UIDVALIDITY " +
                 std::to_string(mailbox.uid_validity) + "] x\r\n* OK [UIDNEXT " +
                 std::to_string(std::max(mailbox.uid_next, last + 1)) + "] x\r\n");
    if (mailbox.modseq != 0) {
      session.send("* OK [HIGHESTMODSEQ " + std::to_string(mailbox.modseq) + "] x\r\n");
    }
  }
  if (command == "UID") {
    std::string rest;
    std::getline(words, rest);
    fetch(session, tag, rest.substr(std::string(" FETCH ").size()));
    return !session.broken;
  }
  session.send(tag + " OK done\r\n");
  return command != "LOGOUT";
}

void FakeImapServer::list(Session& session, bool lsub) {
  while (faults.endless_line && !session.broken) session.send(std::string(10'000, 'x'));
  while (faults.drip && !session.broken && !stop_) {
    session.send("* OK still here\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  for (const auto& [name, mailbox] : mailboxes) {
    if (lsub && !mailbox.subscribed) continue;
    session.send((lsub ? "* LSUB (" : "* LIST (") + mailbox.attributes +
                 (mailbox.subscribed && !lsub ? " \\Subscribed" : "") + ") \"" + separator +
                 "\" \"" + name + "\"\r\n");
  }
}

void FakeImapServer::fetch(Session& session, const std::string& tag, std::string arguments) {
  const std::size_t space = arguments.find(' ');
  std::string set = arguments.substr(0, space);
  const std::string items = arguments.substr(space + 1);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  std::istringstream parts(set);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::size_t colon = part.find(':');
    const auto number = [](const std::string& text) {
      return text == "*" ? std::uint64_t{0xffffffff} : std::stoull(text);
    };
    const std::uint64_t first = number(part.substr(0, colon));
    ranges.emplace_back(first, colon == std::string::npos ? first : number(part.substr(colon + 1)));
  }
  std::uint64_t since = 0;
  if (const std::size_t found = items.find("CHANGEDSINCE "); found != std::string::npos) {
    since = std::stoull(items.substr(found + 13));
  }
  const bool wants_text = items.find("BODY") != std::string::npos;
  if (faults.refuses_messages && (wants_text || items == "(UID)")) {
    session.send(tag + " NO not now\r\n");
    return;
  }
  std::size_t number = 0;
  const std::vector<FakeMessage>& messages = session.selected->messages;
  for (const FakeMessage& message : messages) {
    ++number;
    const bool asked = faults.foreign_uids || std::ranges::any_of(ranges, [&](const auto& range) {
                         // "7:*" is the last message, too.
                         const bool last = range.second == 0xffffffff && number == messages.size();
                         return last || (message.uid >= range.first && message.uid <= range.second);
                       });
    if (!asked || message.modseq <= since || message.uid == faults.unlisted_uid) continue;
    if (message.uid == faults.refused_uid && wants_text) {
      session.send(tag + " NO cannot read it\r\n");
      return;
    }
    session.broken = message.uid == faults.closes_at_uid && wants_text;
    for (int i = 0; i < (faults.repeat_messages ? 2 : 1) && !session.broken; ++i) {
      send_message(session, message, number, items);
    }
    if (session.broken) return;
  }
  session.send(tag + " OK done\r\n");
}

void FakeImapServer::send_message(Session& session, const FakeMessage& message, std::size_t number,
                                  const std::string& items) {
  const auto has = [&](const char* item) { return items.find(item) != std::string::npos; };
  std::string text = "* " + std::to_string(number) + " FETCH (";
  if (has("RFC822.SIZE")) {
    const std::size_t size = message.text.size() + (faults.wrong_sizes ? 1'000'000 : 0);
    text += "RFC822.SIZE " + std::to_string(size) + ' ';
  }
  if (has("INTERNALDATE")) text += "INTERNALDATE \"" + message.date + "\" ";
  if (has("BODY.PEEK[]") && message.uid != faults.bare_uid) {
    const std::uint64_t claimed = faults.literal != 0 ? faults.literal : message.text.size();
    text += "BODY[] {" + std::to_string(claimed) + "}\r\n";
    const bool breaks = (faults.close_in_message && faults.closes > 0) || faults.hang_in_message;
    if (breaks) {
      session.send(text + message.text.substr(0, message.text.size() / 2));
      if (faults.hang_in_message) session.wait_for_end();
      --faults.closes;
      session.broken = true;
      return;
    }
    text += message.text + ' ';
  }
  if (has("FLAGS")) text += "FLAGS (" + message.flags + ") ";
  text += "UID " + std::to_string(message.uid) + ")\r\n";
  session.send(text);
}

}  // namespace mailkeep::server
