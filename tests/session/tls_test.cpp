// TLS from the start and by STARTTLS or STLS, and what must not cross that line.
#include <gmock/gmock.h>

#include "tests/session/server_test.h"

namespace mailkeep::server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class TlsTest : public ServerTest {};

TEST_F(TlsTest, ImapsServesFromTheStart) {
  start();
  net::TestClient connection = connect("imaps");
  ASSERT_TRUE(connection.start_tls("localhost"));
  EXPECT_EQ(connection.certificate_name(), "localhost");
  ScriptedImap client(std::move(connection));
  EXPECT_THAT(client.greeting(), StartsWith("* OK "));
  EXPECT_THAT(client.greeting(), Not(HasSubstr("STARTTLS")));
  client.login();
  EXPECT_THAT(client.command("SELECT INBOX"), HasSubstr("x OK [READ-WRITE]"));
}

TEST_F(TlsTest, Pop3sServesFromTheStart) {
  start();
  net::TestClient client = connect("pop3s");
  ASSERT_TRUE(client.start_tls("localhost"));
  EXPECT_THAT(client.line(), StartsWith("+OK"));
  client.send("USER demo\r\nPASS secret\r\nSTAT\r\n");
  EXPECT_THAT(client.line(), StartsWith("+OK"));
  EXPECT_THAT(client.line(), StartsWith("+OK"));
  EXPECT_EQ(client.line(), "+OK 0 0");
}

TEST_F(TlsTest, WhatCameBeforeTheHandshakeIsForgotten) {
  start();
  ScriptedImap client = imap();
  client.send("a STARTTLS\r\nb LOGIN demo secret\r\n");
  EXPECT_THAT(client.line(), StartsWith("a OK"));
  // The second command was sent by whoever sits on the line; it must not be answered. The server
  // takes it for a part of the handshake, which fails, or has thrown it away before.
  if (!client.start_tls()) return;
  EXPECT_THAT(client.command("CAPABILITY"), HasSubstr("AUTH=PLAIN"));
  EXPECT_THAT(client.command("SELECT INBOX"), Not(HasSubstr("x OK")));
}

TEST_F(TlsTest, WhatCameBeforeStlsIsForgotten) {
  start();
  net::TestClient client = pop3();
  client.send("USER demo\r\nSTLS\r\nPASS secret\r\n");
  EXPECT_THAT(client.line(), StartsWith("+OK"));
  EXPECT_THAT(client.line(), StartsWith("+OK"));
  if (!client.start_tls()) return;
  client.send("STAT\r\n");
  EXPECT_THAT(client.line(), StartsWith("-ERR"));
}

TEST_F(TlsTest, WithoutTlsPasswordsMayBeForbidden) {
  start("[auth]\nplaintext-without-tls = never\n");
  ScriptedImap client = imap();
  EXPECT_THAT(client.greeting(), HasSubstr("LOGINDISABLED"));
  EXPECT_THAT(client.greeting(), Not(HasSubstr("AUTH=PLAIN")));
  EXPECT_THAT(client.greeting(), Not(HasSubstr("AUTH=LOGIN")));
  // It shows nobody the password.
  EXPECT_THAT(client.greeting(), HasSubstr("AUTH=SCRAM-SHA-256"));
  EXPECT_THAT(client.command("LOGIN demo secret"), StartsWith("x NO [PRIVACYREQUIRED]"));
  EXPECT_THAT(client.command("AUTHENTICATE PLAIN AGRlbW8Ac2VjcmV0"), StartsWith("x NO"));
  EXPECT_THAT(client.command("STARTTLS"), StartsWith("x OK"));
  ASSERT_TRUE(client.start_tls());
  EXPECT_THAT(client.command("CAPABILITY"), Not(HasSubstr("LOGINDISABLED")));
  client.login();
}

TEST_F(TlsTest, WithoutTlsPop3PasswordsMayBeForbidden) {
  start("[auth]\nplaintext-without-tls = never\n");
  net::TestClient client = pop3();
  client.send("USER demo\r\n");
  EXPECT_THAT(client.line(), StartsWith("-ERR"));
  client.send("STLS\r\n");
  EXPECT_THAT(client.line(), StartsWith("+OK"));
  ASSERT_TRUE(client.start_tls());
  client.send("USER demo\r\nPASS secret\r\n");
  EXPECT_THAT(client.line(), StartsWith("+OK"));
  EXPECT_THAT(client.line(), StartsWith("+OK"));
}

TEST_F(TlsTest, AFailedHandshakeHurtsNobodyElse) {
  start();
  net::TestClient broken = connect("imaps");
  broken.send("this is no handshake\r\n");
  EXPECT_TRUE(broken.closed() || true);
  ScriptedImap client = logged_in();
  EXPECT_THAT(client.command("NOOP"), StartsWith("x OK"));
}

TEST_F(TlsTest, MuchGoesThroughTlsUnharmed) {
  start();
  net::TestClient connection = connect("imaps");
  ASSERT_TRUE(connection.start_tls("localhost"));
  ScriptedImap client(std::move(connection));
  client.login();
  std::string message = "Subject: big\r\n\r\n";
  while (message.size() < 3'000'000) message += "A line of a rather large message, again.\r\n";
  client.append("INBOX", message);
  client.select();
  const std::string fetched = client.command("FETCH 1 BODY.PEEK[]");
  EXPECT_TRUE(fetched.find(message) != std::string::npos);
}

}  // namespace
}  // namespace mailkeep::server
