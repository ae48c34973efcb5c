#include "server/server.h"

#include <filesystem>
#include <future>

#include <gmock/gmock.h>

#include "net/test_client.h"
#include "server/config/loader.h"

namespace mailkeep::server {

namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ServerTest : public testing::Test {
 protected:
  // With every service on a free port.
  Config config(const std::string& more = {}) {
    const std::string text =
        "data-dir = data\nhostname = mail.example.org\n"
        "[imap]\nlisten = 127.0.0.1:0\n[imaps]\nlisten = 127.0.0.1:0\n"
        "[pop3]\nlisten = 127.0.0.1:0\n[pop3s]\nlisten = 127.0.0.1:0\n"
        "[tls]\ncertificate = one.pem\nkey = one.key\n";
    return load_config_text(text + more, directory_.path() / "mailkeep.conf");
  }
  net::TestClient client(Server& server, const std::string& service) {
    net::TestClient client = net::TestClient::connect(server.port(service));
    if (service.ends_with('s')) {
      EXPECT_TRUE(client.start_tls());
    }
    return client;
  }

  net::TemporaryDirectory directory_;
  net::TlsIdentity identity_ = net::make_identity(directory_.path(), "one", {"mail.example.org"});
  std::string lines_;
  Log log_{LogLevel::debug, [this](std::string_view line) { lines_ += line; }};
};

TEST_F(ServerTest, GreetsOnEveryService) {
  Server server(config(), log_);
  server.start();
  EXPECT_THAT(client(server, "imap").line(), StartsWith("* OK"));
  EXPECT_THAT(client(server, "imaps").line(), StartsWith("* OK"));
  EXPECT_THAT(client(server, "pop3").line(), StartsWith("+OK"));
  EXPECT_THAT(client(server, "pop3s").line(), StartsWith("+OK"));
}

TEST_F(ServerTest, SaysGoodbyeWhenItStops) {
  Server server(config(), log_);
  server.start();
  net::TestClient imap = client(server, "imap");
  net::TestClient imaps = client(server, "imaps");
  EXPECT_THAT(imap.line(), StartsWith("* OK"));
  EXPECT_THAT(imaps.line(), StartsWith("* OK"));
  server.stop();
  EXPECT_THAT(imap.rest(), StartsWith("* BYE"));
  EXPECT_THAT(imaps.rest(), StartsWith("* BYE"));
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(ServerTest, ServesTheSameDataAgainAfterAStop) {
  for (int round = 0; round < 2; ++round) {
    Server server(config(), log_);
    server.start();
    const auto made = server.store().create_account("ann", {1, "s", "k", "k"});
    EXPECT_EQ(made.has_value(), round == 0);
  }
}

TEST_F(ServerTest, RefusesPolitelyInEachProtocol) {
  Server server(config("[limits]\nmax-connections = 1\n"), log_);
  server.start();
  net::TestClient one = client(server, "imap");
  EXPECT_THAT(one.line(), StartsWith("* OK"));
  EXPECT_EQ(client(server, "imap").rest(), "* BYE [UNAVAILABLE] Too many connections\r\n");
  EXPECT_EQ(client(server, "pop3").rest(), "-ERR [SYS/TEMP] Too many connections\r\n");
}

TEST_F(ServerTest, LogsWhereItListens) {
  Server server(config(), log_);
  server.start();
  const std::string port = std::to_string(server.port("pop3s"));
  EXPECT_THAT(lines_, HasSubstr("event=listening service=pop3s address=127.0.0.1:" + port + "\n"));
}

TEST_F(ServerTest, LogsHowAReloadWent) {
  Server server(config(), log_);
  server.start();
  server.reload_certificates();
  EXPECT_THAT(lines_, HasSubstr("event=certificates_reloaded"));
  std::filesystem::remove(identity_.key);
  server.reload_certificates();
  EXPECT_THAT(lines_, HasSubstr("event=certificates_kept error=\"" + identity_.key.string() +
                                ": No such file or directory\""));
  EXPECT_THAT(client(server, "imaps").line(), StartsWith("* OK"));
}

TEST_F(ServerTest, SaysWhyItCannotStart) {
  std::filesystem::remove(identity_.certificate);
  EXPECT_THROW(Server(config(), log_), std::runtime_error);
}

TEST_F(ServerTest, WantsToKnowWhoseNamesTheOldServerHas) {
  const Config names = config(
      "[auth]\nsource = accounts\nsource = migrate\n"
      "[migrate]\nfrom = imaps://old.example.org\nuser-name = %n\n");
  {
    Server server(names, log_);
    EXPECT_THROW(server.start(), std::runtime_error);
  }
  EXPECT_TRUE(store::Addresses(names.data_dir).add_domain("example.org"));
  Server server(names, log_);
  server.start();
  EXPECT_TRUE(server.port("imap") != 0);
}

TEST_F(ServerTest, EndsWithoutHavingStarted) {
  const Server server(config(), log_);
}

}  // namespace

}  // namespace mailkeep::server
