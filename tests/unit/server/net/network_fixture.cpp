#include "network_fixture.h"

#include <stdexcept>

namespace mailkeep::server::net {

using protocol::Awaitable;
using protocol::ReadStatus;

Awaitable<void> echo_session(protocol::Stream& stream) {
  for (;;) {
    std::string input;
    switch (co_await stream.read(input, std::chrono::seconds(30))) {
      case ReadStatus::data:
        break;
      case ReadStatus::timed_out:
        co_await stream.write("TIMEOUT\r\n");
        co_return;
      case ReadStatus::stopping:
        co_await stream.write("BYE\r\n");
        co_return;
      default:
        co_return;
    }
    if (input == "THROW\r\n") throw std::runtime_error("thrown by the session");
    if (input == "QUIT\r\n") {
      co_await stream.write("BYE\r\n");
      co_return;
    }
    if (input == "STLS\r\n" && stream.can_start_tls()) {
      co_await stream.write("OK\r\n");
      if (!co_await stream.start_tls()) co_return;
    } else if (!co_await stream.write(input)) {
      co_return;
    }
  }
}

void NetworkTest::serve(Session session) {
  std::vector<Service> services{
      Service{"plain", listen_, false, session, "* BYE too many connections\r\n"}};
  std::unique_ptr<TlsProvider> tls;
  if (!identities_.empty()) {
    services.push_back(
        Service{"tls", {Endpoint{"127.0.0.1", 0, {}}}, true, session, "* BYE too many\r\n"});
    tls = std::make_unique<TlsProvider>(identities_);
  }
  network_ =
      std::make_unique<Network>(settings_, std::move(services), std::move(tls), lines_.log());
  network_->start();
}

TestClient NetworkTest::tls_client(const std::string& name) {
  TestClient client = TestClient::connect(network_->port("tls"));
  if (!client.start_tls(name)) throw std::runtime_error("TLS handshake failed");
  return client;
}

}  // namespace mailkeep::server::net
