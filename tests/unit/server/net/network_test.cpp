#include "server/net/network.h"

#include <fstream>

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "network_fixture.h"

namespace mailkeep::server::net {

namespace {

using protocol::Awaitable;
using protocol::Stream;
using std::chrono::milliseconds;
using std::chrono::seconds;

class NetworkServing : public NetworkTest {};

TEST_F(NetworkServing, SpreadsConnectionsOverItsThreads) {
  settings_.io_threads = 2;
  Happenings<std::thread::id> threads;
  serve([&](Stream& stream) {
    threads.add(std::this_thread::get_id());
    return echo_session(stream);
  });
  TestClient one = client();
  TestClient two = client();
  EXPECT_NE(threads.next(), threads.next());
}

TEST_F(NetworkServing, RefusesPolitelyWhenThereAreTooMany) {
  settings_.gate.total = 2;
  serve(&echo_session);
  TestClient one = client();
  {
    TestClient two = client();
    ASSERT_TRUE(two.send("x\r\n"));
    ASSERT_EQ(two.line(), "x");
    EXPECT_EQ(client().rest(), "* BYE too many connections\r\n");
    const std::string line = lines_.wait_for("event=connections_refused");
    EXPECT_NE(line.find("limit=max-connections "), std::string::npos) << line;
    ASSERT_TRUE(two.send("QUIT\r\n"));
    EXPECT_EQ(two.rest(), "BYE\r\n");
  }
  // Its place is free again, once the server has noticed.
  for (;;) {
    TestClient three = client();
    if (!three.send("y\r\n")) continue;
    const std::string answer = three.line();
    if (answer == "y") break;
    ASSERT_THAT(answer, testing::AnyOf("* BYE too many connections", ""));
  }
}

TEST_F(NetworkServing, LogsWhatEscapesFromASession) {
  serve(&echo_session);
  TestClient one = client();
  ASSERT_TRUE(one.send("THROW\r\n"));
  EXPECT_TRUE(one.closed());
  EXPECT_NE(lines_.wait_for("event=session_failed").find("error=\"thrown by the session\""),
            std::string::npos);
  TestClient two = client();
  ASSERT_TRUE(two.send("still serving\r\n"));
  EXPECT_EQ(two.line(), "still serving");
}

TEST_F(NetworkServing, SessionsSayGoodbyeWhenItStops) {
  identities_ = {make_identity(directory_.path(), "one", {"localhost"})};
  settings_.io_threads = 2;
  serve(&echo_session);
  TestClient one = client();
  TestClient two = tls_client();
  for (TestClient* each : {&one, &two}) {
    ASSERT_TRUE(each->send("hello\r\n"));
    ASSERT_EQ(each->line(), "hello");
  }
  const std::uint16_t port = network_->port("plain");
  network_->stop(seconds(10));
  EXPECT_EQ(one.rest(), "BYE\r\n");
  EXPECT_EQ(two.rest(), "BYE\r\n");
  EXPECT_EQ(network_->connections(), 0U);
  EXPECT_THROW(TestClient::connect(port), std::runtime_error);
}

TEST_F(NetworkServing, CutsSessionsThatDoNotEndInTime) {
  serve([](Stream& stream) -> Awaitable<void> { return echo_session(stream); });
  TestClient one = client();
  // The echo cannot be written for ever: nobody reads it.
  const std::string much(1 << 20, 'x');
  std::thread sender([&] {
    while (one.send(much)) {
    }
  });
  ASSERT_NE(lines_.wait_for("event=connected"), "");
  network_->stop(milliseconds(50));
  sender.join();
  EXPECT_EQ(network_->connections(), 0U);
}

TEST_F(NetworkServing, StopsWhileNobodyIsThere) {
  serve(&echo_session);
  network_->stop(seconds(10));
  network_->stop(seconds(10));
}

TEST_F(NetworkServing, StopsInTheMiddleOfAHandshake) {
  identities_ = {make_identity(directory_.path(), "one", {"localhost"})};
  serve(&echo_session);
  TestClient one = TestClient::connect(network_->port("tls"));
  ASSERT_NE(lines_.wait_for("event=connected"), "");
  network_->stop(seconds(10));
  EXPECT_TRUE(one.closed());
}

TEST_F(NetworkServing, SaysWhyItCannotListen) {
  serve(&echo_session);
  const std::uint16_t port = network_->port("plain");
  std::vector<Service> services{
      Service{"again", {Endpoint{"127.0.0.1", port, {}}}, false, &echo_session, ""}};
  try {
    Network second(settings_, services, nullptr, lines_.log());
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), "cannot listen on 127.0.0.1:" + std::to_string(port) +
                                ": bind: Address already in use");
  }
}

TEST_F(NetworkServing, ReplacesTheSocketOfAServerThatIsGone) {
  const std::filesystem::path path = directory_.path() / "socket";
  listen_ = {Endpoint{{}, 0, path}};
  serve(&echo_session);
  // A second server must not take it away from one that runs.
  std::vector<Service> services{Service{"again", listen_, false, &echo_session, ""}};
  EXPECT_THROW(Network(settings_, services, nullptr, lines_.log()), std::runtime_error);
  // A copy of the file is nobody's, as after a crash.
  const std::filesystem::path leftover = directory_.path() / "leftover";
  std::filesystem::create_hard_link(path, leftover);
  network_.reset();
  listen_ = {Endpoint{{}, 0, leftover}};
  serve(&echo_session);
  TestClient one = TestClient::connect_unix(leftover);
  ASSERT_TRUE(one.send("hello\r\n"));
  EXPECT_EQ(one.line(), "hello");
}

TEST_F(NetworkServing, TakesAFileThatIsNoSocketForAMistake) {
  const std::filesystem::path path = directory_.path() / "file";
  std::ofstream(path) << "precious";
  std::vector<Service> services{
      Service{"plain", {Endpoint{{}, 0, path}}, false, &echo_session, ""}};
  EXPECT_THROW(Network(settings_, services, nullptr, lines_.log()), std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_regular_file(path));
}

// Lowers the limit of open files to what is open now, for its lifetime.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit now = before_;
    now.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~NoMoreDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(NetworkServing, WaitsWhenThereAreNoDescriptorsLeft) {
  serve(&echo_session);
  TestClient known = client();
  ASSERT_TRUE(known.send("hello\r\n"));
  ASSERT_EQ(known.line(), "hello");
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  std::optional<TestClient> waiting;
  {
    const SocketAddress address =
        resolve(Endpoint{"127.0.0.1", network_->port("plain"), {}}).front();
    const NoMoreDescriptors none;
    ASSERT_EQ(::connect(socket.get(), address.get(), address.length), 0);
    EXPECT_NE(lines_.wait_for("event=accept_failed"), "");
    ASSERT_TRUE(known.send("still served\r\n"));
    EXPECT_EQ(known.line(), "still served");
  }
  ASSERT_EQ(::send(socket.get(), "x", 1, MSG_NOSIGNAL), 1);
  char answer = 0;
  EXPECT_EQ(::recv(socket.get(), &answer, 1, 0), 1);
}

TEST_F(NetworkServing, RefusesUnusableCertificates) {
  const TlsIdentity good = make_identity(directory_.path(), "good", {"localhost"});
  const TlsIdentity other = make_identity(directory_.path(), "other", {"localhost"});
  const std::filesystem::path text = directory_.path() / "text";
  std::ofstream(text) << "no certificate";
  const auto error_of = [](const TlsIdentity& identity) -> std::string {
    try {
      const TlsContext context({identity});
      return "";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  };
  EXPECT_EQ(error_of(good), "");
  EXPECT_EQ(error_of({"/nowhere/a.pem", good.key}), "/nowhere/a.pem: No such file or directory");
  EXPECT_THAT(error_of({text, good.key}),
              testing::StartsWith(text.string() + ": no usable certificate"));
  EXPECT_THAT(error_of({good.certificate, text}),
              testing::StartsWith(text.string() + ": no usable private key"));
  EXPECT_THAT(
      error_of({good.certificate, other.key}),
      testing::StartsWith(other.key.string() + ": not the key of " + good.certificate.string()));
}

TEST_F(NetworkServing, KeepsTheOldCertificateWhenTheNewOneIsBroken) {
  identities_ = {make_identity(directory_.path(), "one", {"old.example"})};
  serve(&echo_session);
  std::ofstream(identities_.front().certificate) << "broken";
  EXPECT_THROW(network_->tls()->reload(), std::runtime_error);
  EXPECT_EQ(tls_client().certificate_name(), "old.example");
}

}  // namespace

}  // namespace mailkeep::server::net
