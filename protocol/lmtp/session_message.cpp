// DATA and BDAT: the message itself.
#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "protocol/lmtp/replies.h"
#include "protocol/lmtp/session.h"
#include "protocol/lmtp/trace.h"
#include "protocol/lmtp/wire/data_decoder.h"

namespace mailkeep::lmtp {
namespace {

// Ends the message for each account of it at the same time, and resumes when all are done.
Awaitable<void> finish_accounts(DeliveryPool& pool, Delivery& delivery, std::string_view rest) {
  auto start = [&](auto handler) {
    using Handler = decltype(handler);
    struct Waiting {
      explicit Waiting(Handler waiting, std::size_t accounts)
          : resumed(std::move(waiting)), left(accounts) {}
      Handler resumed;
      std::atomic<std::size_t> left;
    };
    auto executor = boost::asio::get_associated_executor(handler);
    auto waiting = std::make_shared<Waiting>(std::move(handler), delivery.accounts());
    for (std::size_t index = 0; index < delivery.accounts(); ++index) {
      pool.submit(delivery.account(index), [&delivery, rest, index, executor, waiting] {
        delivery.finish(index, rest);
        if (--waiting->left == 0) boost::asio::post(executor, std::move(waiting->resumed));
      });
    }
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
      start, boost::asio::use_awaitable);
}

std::string_view transmission(bool utf8, bool tls) {  // RFC 3848, RFC 6531 4.3
  if (utf8) return tls ? "UTF8LMTPS" : "UTF8LMTP";
  return tls ? "LMTPS" : "LMTP";
}

}  // namespace

void Session::begin_delivery() {
  Transaction& mail = *transaction_;
  mail.id = new_message_id();
  const auto now = std::chrono::system_clock::now();
  const std::string only = mail.recipients.size() == 1 ? mail.recipients.front().text() : "";
  Trace trace;
  trace.sender = mail.sender;
  trace.received = received_field({.client = client_,
                                   .peer = stream_->peer(),
                                   .hostname = settings().hostname,
                                   .protocol = transmission(mail.utf8, stream_->is_tls()),
                                   .id = mail.id,
                                   .recipient = only,
                                   .time = now});
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  trace.date.seconds = seconds.count();
  mail.delivery = std::make_unique<Delivery>(std::move(trace), settings().suppress_duplicates);
  for (std::size_t i = 0; i < mail.recipients.size(); ++i) {
    mail.delivery->add(mail.recipients[i], mail.destinations[i]);
  }
}

Awaitable<Session::Next> Session::handle(const DataCommand&) {
  if (!transaction_) co_return refuse(503, "5.5.1", "MAIL comes first");
  if (transaction_->chunked) co_return refuse(503, "5.5.1", "BDAT has begun this message");
  if (transaction_->recipients.empty()) {  // RFC 2033 4.2
    co_return refuse(503, "5.5.1", "No recipient was accepted");
  }
  reply(354, "", "End the message with a dot on a line of its own");
  begin_delivery();
  std::string rest;
  const Next next = co_await receive_data(rest);
  if (next == Next::end) co_return next;
  co_await finish_delivery(rest);
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::receive_data(std::string& rest) {
  DataDecoder decoder;
  for (;;) {
    reader_.take(decoder.feed(reader_.rest(), rest));
    if (decoder.done()) co_return Next::go_on;
    if (rest.size() >= kPieceBytes) co_await write_piece(rest);
    const bool more = co_await read_input();
    if (!more) co_return Next::end;
  }
}

// RFC 3030 2, RFC 2033 4.3. The octets are read whether or not the command is right.
Awaitable<Session::Next> Session::handle(const BdatCommand& command) {
  const bool begun = transaction_ && !transaction_->broken;
  if (!begun || transaction_->recipients.empty()) {
    const Next skipped = co_await skip_chunk(command.size);
    if (skipped == Next::end) co_return skipped;
    // RFC 2033 4.3: a reply for each recipient, and there is none.
    const bool silent = begun && command.last;
    if (transaction_) transaction_->broken = true;
    if (command.last) transaction_.reset();
    if (silent) co_return Next::go_on;
    co_return refuse(503, "5.5.1", "No recipient was accepted");
  }
  if (!transaction_->delivery) begin_delivery();
  transaction_->chunked = true;
  std::string rest;
  const Next next = co_await receive_chunk(command.size, rest);
  if (next == Next::end) co_return next;
  if (command.last) {
    co_await finish_delivery(rest);
    co_return Next::go_on;
  }
  if (!rest.empty()) co_await write_piece(rest);
  if (is_too_big(0)) {
    transaction_->broken = true;
    transaction_->delivery.reset();
    reply(552, "5.3.4", "The message is too big");
    co_return Next::go_on;
  }
  reply(250, "2.0.0", std::to_string(command.size) + " octets received");
  co_return Next::go_on;
}

Awaitable<Session::Next> Session::receive_chunk(std::uint64_t octets, std::string& rest) {
  for (;;) {
    const std::string_view piece = reader_.rest().substr(0, octets);
    rest.append(piece);
    reader_.take(piece.size());
    octets -= piece.size();
    if (octets == 0) co_return Next::go_on;
    if (rest.size() >= kPieceBytes) co_await write_piece(rest);
    const bool more = co_await read_input();
    if (!more) co_return Next::end;
  }
}

Awaitable<Session::Next> Session::skip_chunk(std::uint64_t octets) {
  for (;;) {
    const std::size_t count = reader_.rest().substr(0, octets).size();
    reader_.take(count);
    octets -= count;
    if (octets == 0) co_return Next::go_on;
    const bool more = co_await read_input();
    if (!more) co_return Next::end;
  }
}

bool Session::is_too_big(std::size_t more) const {
  return transaction_->delivery->size() + more > settings().max_message_bytes;
}

// What is too big anyway is no longer handed on; the store would refuse it in the end.
Awaitable<void> Session::write_piece(std::string& piece) {
  Delivery& delivery = *transaction_->delivery;
  if (is_too_big(0)) {
    piece.clear();
    co_return;
  }
  co_await services_.pool.run([&] { delivery.write(piece); });
  piece.clear();
}

Awaitable<void> Session::finish_delivery(std::string_view rest) {
  Delivery& delivery = *transaction_->delivery;
  const bool too_big = is_too_big(rest.size());
  if (!too_big) co_await finish_accounts(services_.deliveries, delivery, rest);
  const std::uint64_t size = delivery.size() + rest.size();
  for (std::size_t i = 0; i < transaction_->recipients.size(); ++i) {
    const Reply answer =
        reply_to(too_big ? Outcome::too_big : delivery.outcome(i), settings().defer_over_quota);
    write_reply(output_, {answer.code, answer.enhanced,
                          '<' + transaction_->recipients[i].text() + "> " + answer.text});
    const std::string status = std::string(answer.enhanced) + ' ' + answer.text;
    services_.log.delivered({.protocol = "lmtp",
                             .peer = stream_->peer(),
                             .id = transaction_->id,
                             .sender = transaction_->sender.text(),
                             .recipient = transaction_->recipients[i].text(),
                             .size = size,
                             .code = answer.code,
                             .status = status});
  }
  for (const Delivery::Failure& failure : delivery.failures()) {
    report_failure(failure.account, failure.what);
  }
  for (const Delivery::Defective& message : delivery.defective()) {
    services_.events.message_has_defects("lmtp", message.account, message.mailbox,
                                         message.uid.value, message.kinds.names());
  }
  transaction_.reset();
  idle_commands_ = 0;
}

}  // namespace mailkeep::lmtp
