#include "tests/session/server_test.h"

#include <stdexcept>

#include "protocol/sasl/scram.h"
#include "server/config/loader.h"

namespace mailkeep::server {
namespace {

// Enough to be a record; log-ins of a test need not be slow.
constexpr std::uint32_t kFewIterations = 4096;

void make_account(store::Store& store, std::string_view name) {
  // It is there already when the server was stopped and started again.
  static_cast<void>(
      store.create_account(name, sasl::make_record(kPassword, "some salt", kFewIterations)));
}

std::string with_message(std::string_view command, std::string_view message) {
  return std::string(command) + " {" + std::to_string(message.size()) + "+}\r\n" +
         std::string(message);
}

}  // namespace

ScriptedImap::ScriptedImap(net::TestClient client) : client_(std::move(client)) {
  greeting_ = client_.line();
}

std::string ScriptedImap::command(std::string_view text) {
  const std::string tag = "t" + std::to_string(++tags_);
  client_.send(tag + " " + std::string(text) + "\r\n");
  return responses(tag);
}

std::string ScriptedImap::responses(std::string_view tag) {
  std::string all;
  while (true) {
    std::string line = client_.line();
    if (line.empty()) return all + "(closed)";
    if (line.starts_with(std::string(tag) + " ")) return all + "x" + line.substr(tag.size());
    all += line + "\r\n";
    while (line.ends_with("}")) {
      const std::size_t octets = std::stoul(line.substr(line.rfind('{') + 1));
      all += client_.octets(octets);
      line = client_.line();
      all += line + "\r\n";
    }
  }
}

void ScriptedImap::login(std::string_view account) {
  const std::string reply = command("LOGIN " + std::string(account) + " " + std::string(kPassword));
  if (reply.find("x OK") == std::string::npos) throw std::runtime_error(reply);
}

void ScriptedImap::select(std::string_view mailbox) {
  const std::string reply = command("SELECT " + std::string(mailbox));
  if (reply.find("x OK") == std::string::npos) throw std::runtime_error(reply);
}

void ScriptedImap::append(std::string_view mailbox, std::string_view message,
                          std::string_view flags) {
  std::string start = "APPEND " + std::string(mailbox);
  if (!flags.empty()) start += " (" + std::string(flags) + ")";
  const std::string reply = command(with_message(start, message));
  if (reply.find("x OK") == std::string::npos) throw std::runtime_error(reply);
}

ServerTest::ServerTest()
    : identity_(net::make_identity(directory_.path(), "localhost", {"localhost"})),
      log_(LogLevel::debug, [this](std::string_view line) {
        const std::lock_guard lock(mutex_);
        log_text_ += line;
      }) {}

ServerTest::~ServerTest() = default;

void ServerTest::start(const std::string& settings) {
  std::string text = "data-dir = " + data_dir().string() + "\nhostname = test.example\n";
  for (const char* service : {"imap", "imaps", "pop3", "pop3s", "lmtp", "socketmap"}) {
    text += "[" + std::string(service) + "]\nlisten = 127.0.0.1:0\n";
  }
  text += "[tls]\ncertificate = " + identity_.certificate.string() +
          "\nkey = " + identity_.key.string() + "\n" + settings;
  server_ = std::make_unique<Server>(load_config_text(text, "test.conf"), log_);
  server_->start();
  make_account(server_->store(), "demo");
  make_account(server_->store(), "other");
}

void ServerTest::stop() {
  server_.reset();
}

net::TestClient ServerTest::connect(std::string_view service) {
  return net::TestClient::connect(server_->port(service));
}

ScriptedImap ServerTest::logged_in(std::string_view account) {
  ScriptedImap client = imap();
  client.login(account);
  return client;
}

ScriptedImap ServerTest::selected(std::string_view mailbox) {
  ScriptedImap client = logged_in();
  client.select(mailbox);
  return client;
}

net::TestClient ServerTest::pop3() {
  net::TestClient client = connect("pop3");
  client.line();
  return client;
}

std::string ServerTest::log_text() const {
  const std::lock_guard lock(mutex_);
  return log_text_;
}

}  // namespace mailkeep::server
