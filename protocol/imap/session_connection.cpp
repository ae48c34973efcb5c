// What changes a session's connection: limits, TLS, compression, log-out; and what it watches.
#include <memory>
#include <utility>

#include "protocol/imap/notifier.h"
#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

constexpr std::uint64_t kLiteralMinusOctets = 4096;  // RFC 7888 5

}  // namespace

void Session::limit_reader(ReaderLimits limits) {
  if (!allows(Capability::literal_plus)) {
    limits.unasked_octets = allows(Capability::literal_minus) ? kLiteralMinusOctets : 0;
  }
  reader_.set_limits(limits);
}

// Whether it comes back, an administrator knows.
std::optional<Reply> Session::reply_to_closed_account() {
  const auto reason = account_ ? account_->closed() : std::nullopt;
  if (!reason) return std::nullopt;
  encoder_.raw("* BYE [CONTACTADMIN] ");
  write_text(store::describe(*reason));
  end_reason_ = "account closed";
  return Reply::end();
}

void Session::set_notifier(std::unique_ptr<Notifier> notifier) {
  notifier_ = std::move(notifier);
  watch_selected();
}

std::shared_ptr<const NotifyRequest> Session::notify_request() const {
  return notifier_ ? notifier_->request().by_client : nullptr;
}

void Session::watch_selected() {
  selected_watch_.stop();
  if (!notifier_ || !view_ || !notifier_->request().selected) return;
  if (!notifier_->request().selected->events.any_of_messages()) return;
  selected_watch_ = view_->account().watch(view_->id(), stream_->waker());
}

Awaitable<Session::Next> Session::start_tls() {
  const bool told = co_await flush();
  if (!told) co_return Next::end;
  // What came before the handshake is not the client's protected word (RFC 9051 6.2.1).
  reader_.reset();
  pending_event_.reset();
  const bool secured = co_await stream_->start_tls();
  if (secured) co_return Next::go_on;
  end_reason_ = "tls handshake failed";
  co_return Next::end;
}

// What came behind the command is compressed already (RFC 4978 3).
Awaitable<Session::Next> Session::start_compression() {
  const bool told = co_await flush();
  if (!told) co_return Next::end;
  pending_event_.reset();
  compressed_ = std::make_unique<CompressedStream>(*connection_, reader_.take_unread());
  stream_ = compressed_.get();
  co_return Next::go_on;
}

// All but TLS is as it was at the begin (RFC 8437 4). A compressed connection is not any more, in
// either direction from behind the command and its reply on.
Awaitable<Session::Next> Session::unauthenticate() {
  if (compressed_) compressed_->end_output();
  const bool told = co_await flush();
  if (!told) co_return Next::end;
  stream_ = connection_;
  if (compressed_) {
    const bool ended = co_await compressed_->end_input(reader_.input(), settings().login_timeout);
    if (!ended) co_return Next::end;
  }
  compressed_.reset();
  notifier_.reset();
  mailboxes_.reset();
  closing_watch_.stop();
  account_.reset();
  enabled_ = {};
  grammar_ = {.disabled = settings().disabled};
  encoder_.set_utf8(false);
  language_ = Language::i_default;
  comparator_ = store::Comparator::unicode_casemap;
  limit_reader(settings().reader_before_login);
  co_return Next::go_on;
}

}  // namespace mailkeep::imap
