#include "test_client.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

namespace mailkeep::server::net {

namespace {

void limit_waiting(int socket) {
  const timeval limit{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

void write_pem(const std::filesystem::path& path, auto write) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) throw std::runtime_error("cannot write " + path.string());
  write(file);
  std::fclose(file);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "mailkeep-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

TlsIdentity make_identity(const std::filesystem::path& directory, const std::string& file_name,
                          const std::vector<std::string>& names) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(names.front().c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, subject);
  std::string alternatives;
  for (const std::string& name : names) {
    alternatives += (alternatives.empty() ? "DNS:" : ",DNS:") + name;
  }
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternatives.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate, key, EVP_sha256());

  const TlsIdentity identity{directory / (file_name + ".pem"), directory / (file_name + ".key")};
  write_pem(identity.certificate,
            [certificate](std::FILE* file) { PEM_write_X509(file, certificate); });
  write_pem(identity.key, [key](std::FILE* file) {
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return identity;
}

void TestClient::Free::operator()(SSL* session) const {
  SSL_free(session);
}

TestClient::~TestClient() = default;

TestClient TestClient::connect(std::uint16_t port, int receive_buffer) {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  limit_waiting(socket.get());
  if (receive_buffer > 0) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
  }
  return TestClient(std::move(socket));
}

TestClient TestClient::connect_unix(const std::filesystem::path& path) {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  limit_waiting(socket.get());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error(std::string("connect: ") + std::strerror(errno));
  }
  return TestClient(std::move(socket));
}

bool TestClient::start_tls(const std::string& server_name) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  tls_.reset(SSL_new(context));
  SSL_CTX_free(context);
  if (!server_name.empty()) SSL_set_tlsext_host_name(tls_.get(), server_name.c_str());
  SSL_set_fd(tls_.get(), socket_.get());
  return SSL_connect(tls_.get()) == 1;
}

std::string TestClient::certificate_name() const {
  X509* certificate = SSL_get1_peer_certificate(tls_.get());
  std::string name(256, '\0');
  const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                               name.data(), static_cast<int>(name.size()));
  X509_free(certificate);
  name.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return name;
}

bool TestClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                            : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool TestClient::fill() {
  std::string buffer(64 * 1024, '\0');
  const auto count = tls_ ? SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()))
                          : ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  received_.append(buffer, 0, static_cast<std::size_t>(count));
  return true;
}

std::string TestClient::line() {
  std::size_t end = received_.find("\r\n");
  while (end == std::string::npos) {
    if (!fill()) return std::exchange(received_, {});
    end = received_.find("\r\n");
  }
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 2);
  return line;
}

std::string TestClient::octets(std::size_t count) {
  while (received_.size() < count && fill()) {
  }
  std::string octets = received_.substr(0, count);
  received_.erase(0, octets.size());
  return octets;
}

std::string TestClient::rest() {
  while (fill()) {
  }
  return std::exchange(received_, {});
}

bool TestClient::closed() {
  if (!received_.empty()) return false;
  if (fill()) return false;
  return errno != EAGAIN && errno != EWOULDBLOCK;
}

void TestClient::end_input() {
  if (tls_) {
    SSL_shutdown(tls_.get());
  } else {
    ::shutdown(socket_.get(), SHUT_WR);
  }
}

}  // namespace mailkeep::server::net
