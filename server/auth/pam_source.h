// Passwords that PAM knows: those of the machine's own users, or whatever /etc/pam.d has for the
// service.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "server/auth/login_source.h"

namespace mailkeep::server {

class PamSource final : public LoginSource {
 public:
  // `folder`: where the service's file is; empty: the system's.
  explicit PamSource(std::string service, std::filesystem::path folder = {});

  Answer check(const std::string& name, std::string_view password, std::string_view peer,
               std::string& detail) override;
  std::string_view name() const override { return "pam"; }
  bool is_copy() const override { return false; }

 private:
  const std::string service_;
  const std::filesystem::path folder_;
};

}  // namespace mailkeep::server
