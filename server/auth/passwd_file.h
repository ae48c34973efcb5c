// Passwords in a file as Dovecot's passwd-file has them:
//
//     ann@example.org:{SHA512-CRYPT}$6$...:1000:1000::/home/ann::allow_nets=192.0.2.0/24
//
// Of what stands after the password, only `nologin` and `allow_nets` matter here. Comments begin
// with #. The file is read again when it changes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/auth/login_source.h"
#include "server/auth/networks.h"

namespace mailkeep::server {

class PasswdFile final : public LoginSource {
 public:
  explicit PasswdFile(std::filesystem::path file) : file_(std::move(file)) {}

  Answer check(const std::string& name, std::string_view password, std::string_view peer,
               std::string& detail) override;
  std::string_view name() const override { return "passwd-file"; }
  bool is_copy() const override { return true; }

 private:
  struct User {
    std::string password;  // "{SCHEME}..."
    bool no_login = false;
    bool limited = false;  // to these networks
    Networks networks;
  };
  struct Content {
    std::filesystem::file_time_type time;
    std::uintmax_t bytes = 0;
    std::unordered_map<std::string, User> users;
    std::string any_password;  // of somebody, to check those of nobody against
  };

  // Null: it cannot be read; `detail` says why.
  std::shared_ptr<const Content> content(std::string& detail);
  static void add_line(Content& content, std::string_view line);

  const std::filesystem::path file_;
  std::mutex mutex_;
  std::shared_ptr<const Content> content_;
};

}  // namespace mailkeep::server
