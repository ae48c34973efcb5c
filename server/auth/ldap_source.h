// Passwords that a directory server knows: it is asked to bind as the user (RFC 4513 5.1.3).
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "server/auth/login_source.h"

namespace mailkeep::server {

struct LdapOptions {
  std::string url;        // "ldaps://ldap.example.org"
  std::string bind_name;  // "uid=%n,ou=people,dc=example,dc=org"
  bool start_tls = true;  // for ldap://
  std::filesystem::path authorities;
  std::chrono::milliseconds timeout{5000};
};

// The name to bind as: %u is the user, %n what stands before its @, %d what stands after it; %% is
// a percent sign. What is special in a DN (RFC 4514 2.4) is escaped.
std::string ldap_bind_name(std::string_view pattern, std::string_view user);

class LdapSource final : public LoginSource {
 public:
  explicit LdapSource(LdapOptions options) : options_(std::move(options)) {}

  // A directory server does not tell wrong passwords from unknown names: both are `unknown`.
  Answer check(const std::string& name, std::string_view password, std::string_view peer,
               std::string& detail) override;
  std::string_view name() const override { return "ldap"; }
  bool is_copy() const override { return false; }

 private:
  const LdapOptions options_;
};

}  // namespace mailkeep::server
