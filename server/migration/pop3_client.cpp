#include "server/migration/pop3_client.h"

#include <charconv>
#include <functional>
#include <optional>
#include <string_view>

namespace mailkeep::server {
namespace {

constexpr std::size_t kMaxLineBytes = 1000;
constexpr std::size_t kMaxListedMessages = 10'000'000;

class Pop3Client {
 public:
  explicit Pop3Client(const RemoteLogin& login)
      : stream_({login.url.host, login.url.port, login.timeout, login.check_certificate, login.stop,
                 login.deadline, login.most_bytes}) {
    if (login.url.is_encrypted()) stream_.start_tls();
    expect_ok();
    const bool encrypt = login.check_certificate || login.require_encryption;
    if (encrypt && !stream_.is_encrypted() && !stream_.is_loopback()) {
      send("STLS");
      // What came in the open would pass for what came over TLS (CVE-2011-0411).
      if (begin_ != input_.size()) throw ProtocolError("the server answers before it is asked");
      stream_.start_tls();
    }
  }

  void send(const std::string& command) {
    if (command.find_first_of("\r\n") != std::string::npos) {
      throw ProtocolError("a name or password cannot be sent");
    }
    stream_.expect_answer();
    stream_.write(command + "\r\n");
    expect_ok();
  }

  // RFC 1939 3: lines up to a dot.
  void send_for_lines(const std::string& command,
                      const std::function<void(std::string_view)>& take) {
    send(command);
    for (std::size_t count = 0; count <= kMaxListedMessages; ++count) {
      std::string text = line();
      if (text == ".") return;
      if (text.starts_with('.')) text.erase(0, 1);
      take(text);
    }
    throw ProtocolError("the maildrop has too many messages");
  }

 private:
  std::string line() {
    for (;;) {
      const std::size_t end = input_.find('\n', begin_);
      if (end != std::string::npos) {
        std::string text = input_.substr(begin_, end - begin_);
        begin_ = end + 1;
        if (text.ends_with('\r')) text.pop_back();
        return text;
      }
      if (input_.size() - begin_ > kMaxLineBytes) throw ProtocolError("a line is too long");
      input_.erase(0, begin_);
      begin_ = 0;
      input_ += stream_.read();
    }
  }

  void expect_ok() {
    const std::string answer = line();
    if (!answer.starts_with("+OK")) throw RemoteRefusal(answer);
  }

  net::ClientStream stream_;
  std::string input_;
  std::size_t begin_ = 0;
};

// "7 value"; the value where the number is `expected`.
std::optional<std::string_view> value_of(std::string_view line, std::size_t expected) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc() || number != expected || end == line.data() + line.size()) {
    return std::nullopt;
  }
  line.remove_prefix(static_cast<std::size_t>(end - line.data()) + 1);
  return line.substr(0, line.find(' '));
}

}  // namespace

std::vector<Pop3Message> fetch_pop3_ids(const RemoteLogin& login) {
  Pop3Client client(login);
  client.send("USER " + login.url.user);
  client.send("PASS " + login.password);
  std::vector<Pop3Message> messages;
  client.send_for_lines("LIST", [&](std::string_view line) {
    const auto value = value_of(line, messages.size() + 1);
    std::uint64_t size = 0;
    if (value) std::from_chars(value->data(), value->data() + value->size(), size);
    if (!value) throw ProtocolError("LIST makes no sense");
    messages.push_back({size, {}});
  });
  std::size_t next = 0;
  client.send_for_lines("UIDL", [&](std::string_view line) {
    const auto value = value_of(line, next + 1);
    if (!value || next >= messages.size()) throw ProtocolError("UIDL makes no sense");
    messages[next++].id = *value;
  });
  if (next != messages.size()) throw ProtocolError("UIDL and LIST tell of different messages");
  client.send("QUIT");
  return messages;
}

}  // namespace mailkeep::server
