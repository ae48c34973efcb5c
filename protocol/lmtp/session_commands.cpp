// The envelope and the commands around it.
#include <expected>
#include <utility>

#include "protocol/lmtp/replies.h"
#include "protocol/lmtp/session.h"

namespace mailkeep::lmtp {

// RFC 2033 4.1; like EHLO it clears the transaction (RFC 5321 4.1.4).
Awaitable<Session::Next> Session::handle(const LhloCommand& command) {
  client_ = command.client;
  transaction_.reset();
  std::vector<std::string> lines{settings().hostname,
                                 "PIPELINING",
                                 "ENHANCEDSTATUSCODES",
                                 "8BITMIME",
                                 "SMTPUTF8",
                                 "CHUNKING",
                                 "SIZE " + std::to_string(settings().max_message_bytes)};
  if (stream_->can_start_tls()) lines.emplace_back("STARTTLS");
  if (const std::string names = mechanisms(); !names.empty()) lines.push_back("AUTH" + names);
  write_lines(output_, 250, lines);
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const MailCommand& command) {
  if (client_.empty()) co_return refuse(503, "5.5.1", "LHLO comes first");
  if (needs_log_in()) co_return refuse(530, "5.7.0", "Log in first");  // RFC 4954 6
  if (transaction_) co_return refuse(503, "5.5.1", "There is a sender already");
  if (command.size > settings().max_message_bytes) {  // RFC 1870 6.1
    reply(552, "5.3.4", "The message is too big");
    co_return Next::go_on;
  }
  transaction_ = Transaction{};
  transaction_->sender = command.sender;
  transaction_->utf8 = command.utf8;
  reply(250, "2.1.0", "Sender ok");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const RcptCommand& command) {
  if (!transaction_) co_return refuse(503, "5.5.1", "MAIL comes first");
  if (transaction_->chunked) co_return refuse(503, "5.5.1", "The message has begun");
  if (!transaction_->utf8 && !command.recipient.is_ascii()) {  // RFC 6531 3.5
    co_return refuse(553, "5.6.7", "This address needs SMTPUTF8");
  }
  if (transaction_->recipients.size() >= settings().max_recipients) {  // RFC 5321 4.5.3.1.10
    reply(452, "4.5.3", "Too many recipients");
    co_return Next::go_on;
  }
  auto found =
      co_await services_.pool.run([&] { return services_.addresses.find(command.recipient); });
  if (!found) {
    write_reply(output_, reply_to(found.error()));
    co_return Next::go_on;
  }
  transaction_->recipients.push_back(command.recipient);
  transaction_->destinations.push_back(std::move(*found));
  reply(250, "2.1.5", "Recipient ok");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const RsetCommand&) {
  transaction_.reset();
  reply(250, "2.0.0", "Forgotten");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const NoopCommand&) {
  reply(250, "2.0.0", "Ok");
  co_return Next::go_on;
}

// RFC 5321 7.3: says nothing about who is here; RCPT does.
Awaitable<Session::Next> Session::handle(const VrfyCommand&) {
  reply(252, "2.1.5", "Try RCPT");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const HelpCommand&) {
  reply(214, "2.0.0", "This is LMTP, RFC 2033");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::handle(const QuitCommand&) {
  reply(221, "2.0.0", "Bye");
  co_return end("logout");
}

// RFC 3207 4
Awaitable<Session::Next> Session::handle(const StartTlsCommand&) {
  if (!stream_->can_start_tls()) {
    co_return refuse(stream_->is_tls() ? 503 : 454, stream_->is_tls() ? "5.5.1" : "4.7.0",
                     stream_->is_tls() ? "TLS is on already" : "TLS is not available");
  }
  reply(220, "2.0.0", "Begin the TLS handshake");
  const bool told = co_await flush();
  if (!told) co_return end("closed");
  // What came before the handshake may be somebody else's words.
  reader_.reset();
  client_.clear();
  logged_in_ = false;
  transaction_.reset();
  const bool secured = co_await stream_->start_tls();
  if (!secured) co_return end("tls handshake failed");
  co_return Next::go_on;
}

}  // namespace mailkeep::lmtp
