#include "server/net/tls_session.h"

#include <algorithm>
#include <cstring>
#include <new>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace mailkeep::server::net {

// The way between OpenSSL and the memory of the running call.
struct TlsWireMethod {
  static int read(BIO* bio, char* data, std::size_t size, std::size_t* count) {
    auto& wire = *static_cast<TlsSession::Wire*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (wire.input.empty()) {
      BIO_set_retry_read(bio);
      return 0;
    }
    *count = std::min(size, wire.input.size());
    std::memcpy(data, wire.input.data(), *count);
    wire.input.remove_prefix(*count);
    return 1;
  }

  static int write(BIO* bio, const char* data, std::size_t size, std::size_t* count) {
    auto& wire = *static_cast<TlsSession::Wire*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    wire.output->append(data, size);
    *count = size;
    return 1;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO_METHOD* make() {
    BIO_METHOD* method =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "memory of the running call");
    if (method == nullptr) throw std::bad_alloc();
    BIO_meth_set_read_ex(method, &TlsWireMethod::read);
    BIO_meth_set_write_ex(method, &TlsWireMethod::write);
    BIO_meth_set_ctrl(method, &TlsWireMethod::control);
    return method;
  }
};

void TlsSession::Free::operator()(SSL* session) const {
  SSL_free(session);
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context)
    : ssl_(SSL_new(context->initial())), context_(std::move(context)) {
  static BIO_METHOD* const kMethod = TlsWireMethod::make();
  BIO* bio = BIO_new(kMethod);
  if (!ssl_ || bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &wire_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

TlsSession::Status TlsSession::handshake(std::string_view input, std::string& output) {
  wire_ = {input, &output};
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    context_.reset();
    unread_ = wire_.input;
    return Status::ok;
  }
  if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) return Status::want_input;
  return fail();
}

TlsSession::Status TlsSession::receive(std::string_view input, char* scratch,
                                       std::size_t scratch_bytes, std::string& plaintext,
                                       std::string& output) {
  std::string unread;
  if (!unread_.empty()) {
    unread.swap(unread_);
    unread += input;
    input = unread;
  }
  wire_ = {input, &output};
  for (;;) {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), scratch, scratch_bytes, &count);
    if (result == 1) {
      plaintext.append(scratch, count);
      continue;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return Status::ok;
      case SSL_ERROR_ZERO_RETURN:
        return Status::closed;
      default:
        return fail();
    }
  }
}

bool TlsSession::send(std::string_view plaintext, std::string& output) {
  wire_ = {{}, &output};
  while (!plaintext.empty()) {
    ERR_clear_error();
    std::size_t count = 0;
    if (SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &count) != 1) {
      fail();
      return false;
    }
    plaintext.remove_prefix(count);
  }
  return true;
}

void TlsSession::close(std::string& output) {
  if (!failure_.empty()) return;
  wire_ = {{}, &output};
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

TlsSession::Status TlsSession::fail() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  failure_ = reason != nullptr ? reason : "TLS failed";
  ERR_clear_error();
  return Status::failed;
}

}  // namespace mailkeep::server::net
