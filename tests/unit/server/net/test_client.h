// Blocking clients and certificates for tests of the connection path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/types.h>

#include "server/net/file_descriptor.h"
#include "server/net/tls_context.h"

namespace mailkeep::server::net {

// A directory of its own, removed at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Writes a fresh key and a certificate for `names`, signed by itself, as NAME.pem and NAME.key.
TlsIdentity make_identity(const std::filesystem::path& directory, const std::string& file_name,
                          const std::vector<std::string>& names);

// A client that blocks, at most ten seconds a call.
class TestClient {
 public:
  // To 127.0.0.1. `receive_buffer`: of the kernel, in octets; 0 for the default.
  static TestClient connect(std::uint16_t port, int receive_buffer = 0);
  static TestClient connect_unix(const std::filesystem::path& path);

  TestClient(TestClient&&) = default;
  TestClient& operator=(TestClient&&) = default;
  ~TestClient();

  // The client's side of the handshake, asking for `server_name` where it is not empty. False: it
  // failed.
  bool start_tls(const std::string& server_name = {});
  // The name in the server's certificate.
  std::string certificate_name() const;

  // False: the connection is gone.
  bool send(std::string_view bytes);
  // The next line without its CRLF; what there is where the connection ends before.
  std::string line();
  std::string octets(std::size_t count);
  // All until the server closes.
  std::string rest();
  // Whether the server has closed: waits for it.
  bool closed();
  // Says that nothing more will come; still reads.
  void end_input();

 private:
  explicit TestClient(FileDescriptor socket) : socket_(std::move(socket)) {}
  bool fill();

  struct Free {
    void operator()(SSL* session) const;
  };
  FileDescriptor socket_;
  std::unique_ptr<SSL, Free> tls_;
  std::string received_;
};

}  // namespace mailkeep::server::net
