#include "server/net/tls_context.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace mailkeep::server::net {

namespace {

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view what) {
  std::string reason(what);
  if (const unsigned long code = ERR_peek_last_error(); code != 0) {
    const char* text = ERR_reason_error_string(code);
    if (text != nullptr) reason += fmt::format(": {}", text);
  }
  ERR_clear_error();
  throw std::runtime_error(fmt::format("{}: {}", file.string(), reason));
}

void check_readable(const std::filesystem::path& file) {
  std::FILE* stream = std::fopen(file.c_str(), "re");
  if (stream == nullptr) {
    throw std::runtime_error(fmt::format("{}: {}", file.string(), std::strerror(errno)));
  }
  std::fclose(stream);
}

// A key that needs a pass phrase is an error, not a question on the terminal.
int no_pass_phrase(char*, int, int, void*) {
  return -1;
}

void apply_policy(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Buffers of idle sessions are given back; tickets resume sessions, so that none is kept here.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_default_passwd_cb(context, &no_pass_phrase);
}

SSL_CTX* load(const TlsIdentity& identity) {
  check_readable(identity.certificate);
  check_readable(identity.key);
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()),
                                                            &SSL_CTX_free);
  if (!context) throw std::bad_alloc();
  apply_policy(context.get());
  if (SSL_CTX_use_certificate_chain_file(context.get(), identity.certificate.c_str()) != 1) {
    fail(identity.certificate, "no usable certificate");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), identity.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool other = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    fail(identity.key, other ? fmt::format("not the key of {}", identity.certificate.string())
                             : "no usable private key");
  }
  return context.release();
}

// Every client is asked for a certificate and need not have one. Which one it gave is told from its
// session, so that a resumed one must be of the same server (RFC 8446 4.6.1).
void ask_clients(SSL_CTX* context, const std::filesystem::path& authorities) {
  check_readable(authorities);
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(authorities.c_str());
  if (names == nullptr ||
      SSL_CTX_load_verify_locations(context, authorities.c_str(), nullptr) != 1) {
    fail(authorities, "no usable certificates");
  }
  SSL_CTX_set_client_CA_list(context, names);  // takes them
  constexpr std::string_view kSessionContext = "mailkeep";
  SSL_CTX_set_session_id_context(context,
                                 reinterpret_cast<const unsigned char*>(kSessionContext.data()),
                                 static_cast<unsigned>(kSessionContext.size()));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

std::string names_of(X509* certificate) {
  std::string names;
  const auto add = [&names](const ASN1_STRING* text) {
    if (!names.empty()) names += ' ';
    names.append(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                 static_cast<std::size_t>(ASN1_STRING_length(text)));
  };
  auto* alternatives = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int index = 0; index < sk_GENERAL_NAME_num(alternatives); ++index) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives, index);
    if (name->type == GEN_DNS) add(name->d.dNSName);
  }
  GENERAL_NAMES_free(alternatives);
  if (!names.empty()) return names;
  X509_NAME* subject = X509_get_subject_name(certificate);
  const int position = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (position >= 0) add(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, position)));
  return names;
}

}  // namespace

TlsContext::TlsContext(const std::vector<TlsIdentity>& identities,
                       const std::filesystem::path& client_authorities) {
  try {
    for (const TlsIdentity& identity : identities) {
      contexts_.push_back(load(identity));
      if (!client_authorities.empty()) ask_clients(contexts_.back(), client_authorities);
    }
  } catch (...) {
    for (SSL_CTX* context : contexts_) SSL_CTX_free(context);
    throw;
  }
  SSL_CTX_set_tlsext_servername_callback(initial(), &TlsContext::choose_certificate);
  SSL_CTX_set_tlsext_servername_arg(initial(), this);
}

TlsContext::~TlsContext() {
  for (SSL_CTX* context : contexts_) SSL_CTX_free(context);
}

std::vector<std::string> TlsContext::names() const {
  std::vector<std::string> names;
  names.reserve(contexts_.size());
  for (SSL_CTX* context : contexts_) names.push_back(names_of(SSL_CTX_get0_certificate(context)));
  return names;
}

int TlsContext::choose_certificate(SSL* session, int*, void* self) {
  const char* name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
  if (name == nullptr) return SSL_TLSEXT_ERR_NOACK;
  for (SSL_CTX* context : static_cast<const TlsContext*>(self)->contexts_) {
    if (X509_check_host(SSL_CTX_get0_certificate(context), name, 0, 0, nullptr) == 1) {
      SSL_set_SSL_CTX(session, context);
      return SSL_TLSEXT_ERR_OK;
    }
  }
  // Clients ask for names that no certificate has (an IP address, an alias); they decide for
  // themselves whether they trust the first one.
  return SSL_TLSEXT_ERR_NOACK;
}

TlsProvider::TlsProvider(std::vector<TlsIdentity> identities,
                         std::filesystem::path client_authorities)
    : identities_(std::move(identities)),
      client_authorities_(std::move(client_authorities)),
      current_(std::make_shared<TlsContext>(identities_, client_authorities_)) {}

std::shared_ptr<const TlsContext> TlsProvider::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void TlsProvider::reload() {
  auto fresh = std::make_shared<const TlsContext>(identities_, client_authorities_);
  const std::lock_guard lock(mutex_);
  current_ = std::move(fresh);
}

}  // namespace mailkeep::server::net
