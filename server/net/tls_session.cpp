#include "server/net/tls_session.h"

#include <algorithm>
#include <cstring>
#include <new>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace mailkeep::server::net {

namespace {

// RFC 9266 2. In TLS 1.2 it binds only where the master secret is bound to the handshake (RFC
// 7627).
std::string exported_binding(SSL* ssl) {
  if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1) return {};
  constexpr std::string_view kLabel = "EXPORTER-Channel-Binding";
  std::string octets(32, '\0');
  const int done =
      SSL_export_keying_material(ssl, reinterpret_cast<unsigned char*>(octets.data()),
                                 octets.size(), kLabel.data(), kLabel.size(), nullptr, 0, 1);
  return done == 1 ? octets : std::string();
}

// RFC 5929 3: the first Finished message: the client's, or the server's in a resumed session.
std::string unique_binding(SSL* ssl) {
  if (SSL_version(ssl) != TLS1_2_VERSION || SSL_get_extms_support(ssl) != 1) return {};
  std::string octets(EVP_MAX_MD_SIZE, '\0');
  const std::size_t size = SSL_session_reused(ssl) != 0
                               ? SSL_get_finished(ssl, octets.data(), octets.size())
                               : SSL_get_peer_finished(ssl, octets.data(), octets.size());
  octets.resize(std::min(size, octets.size()));
  return octets;
}

// RFC 5929 4.1: the certificate under the hash of its signature, SHA-256 at least.
std::string end_point_binding(SSL* ssl) {
  X509* const certificate = SSL_get_certificate(ssl);
  if (certificate == nullptr) return {};
  int hash = NID_undef;
  const int known = OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &hash, nullptr);
  if (known != 1) return {};
  if (hash == NID_undef || hash == NID_md5 || hash == NID_sha1) hash = NID_sha256;
  const EVP_MD* const digest = EVP_get_digestbynid(hash);
  std::string octets(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (digest == nullptr ||
      X509_digest(certificate, digest, reinterpret_cast<unsigned char*>(octets.data()), &size) !=
          1) {
    return {};
  }
  octets.resize(size);
  return octets;
}

std::string hexadecimal(std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char octet : octets) {
    text += kDigits[static_cast<unsigned char>(octet) >> 4];
    text += kDigits[static_cast<unsigned char>(octet) & 15];
  }
  return text;
}

std::string text_of(const ASN1_STRING* text) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, text);
  if (size < 0) return {};
  std::string result(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  // A name with a NUL in it means to deceive.
  return result.find('\0') == std::string::npos ? result : std::string();
}

void add_alternative_names(X509* certificate, std::vector<std::string>& names) {
  auto* list = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int index = 0; index < sk_GENERAL_NAME_num(list); ++index) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, index);
    if (name->type == GEN_EMAIL) names.push_back("email:" + text_of(name->d.rfc822Name));
    if (name->type == GEN_DNS) names.push_back("dns:" + text_of(name->d.dNSName));
  }
  GENERAL_NAMES_free(list);
}

}  // namespace

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

std::string TlsSession::channel_binding(std::string_view type) const {
  if (!SSL_is_init_finished(ssl_.get())) return {};
  if (type == "tls-exporter") return exported_binding(ssl_.get());
  if (type == "tls-unique") return unique_binding(ssl_.get());
  if (type == "tls-server-end-point") return end_point_binding(ssl_.get());
  return {};
}

std::vector<std::string> TlsSession::certificate_names() const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK) return {};
  std::vector<std::string> names;
  std::string hash(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(hash.data()),
                  &size) == 1) {
    names.push_back("sha256:" + hexadecimal(std::string_view(hash).substr(0, size)));
  }
  add_alternative_names(certificate, names);
  X509_NAME* subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index >= 0) {
    names.push_back("cn:" + text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index))));
  }
  return names;
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
