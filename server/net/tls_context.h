// Certificates and keys, ready to serve TLS 1.2 and 1.3. The certificate is chosen by the name the
// client asks for (SNI, RFC 6066 3): the first whose names match, else the first of all.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <openssl/types.h>

namespace mailkeep::server::net {

// PEM files; the certificate's file holds the chain too, its own certificate first.
struct TlsIdentity {
  std::filesystem::path certificate;
  std::filesystem::path key;
  friend bool operator==(const TlsIdentity&, const TlsIdentity&) = default;
};

class TlsContext {
 public:
  // Throws std::runtime_error naming the file and the reason. `identities` must not be empty.
  // `client_authorities`: a PEM file; clients may then give a certificate of one of those, and one
  // that cannot be verified ends the handshake. Empty: no client is asked.
  explicit TlsContext(const std::vector<TlsIdentity>& identities,
                      const std::filesystem::path& client_authorities = {});
  ~TlsContext();

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // What a new session starts from. The TlsContext must outlive the session's handshake.
  SSL_CTX* initial() const { return contexts_.front(); }
  // For each identity: the names its certificate is for, for people.
  std::vector<std::string> names() const;

 private:
  static int choose_certificate(SSL* session, int* alert, void* self);

  std::vector<SSL_CTX*> contexts_;  // owned, one an identity
};

// The current context; certificates can be read again while sessions run.
class TlsProvider {
 public:
  // Throws like TlsContext.
  explicit TlsProvider(std::vector<TlsIdentity> identities,
                       std::filesystem::path client_authorities = {});

  std::shared_ptr<const TlsContext> current() const;
  // New sessions use the files' present content. Throws like TlsContext; then the old ones stay.
  void reload();

 private:
  std::vector<TlsIdentity> identities_;
  std::filesystem::path client_authorities_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> current_;
};

}  // namespace mailkeep::server::net
