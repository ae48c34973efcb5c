#include "server/auth/ldap_source.h"

#include <memory>

#include <ldap.h>

#include "protocol/sasl/secret.h"
#include "server/auth/account_name.h"

namespace mailkeep::server {

namespace {

struct Unbind {
  void operator()(LDAP* handle) const { ldap_unbind_ext_s(handle, nullptr, nullptr); }
};
using Handle = std::unique_ptr<LDAP, Unbind>;

std::string escaped(std::string_view value) {
  constexpr std::string_view kSpecial = "\"+,;<>\\=#";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool outer_blank = c == ' ' && (i == 0 || i + 1 == value.size());
    if (kSpecial.find(c) != std::string_view::npos || outer_blank ||
        static_cast<unsigned char>(c) < 0x20) {
      text += '\\';
      text += kDigits[static_cast<unsigned char>(c) >> 4];
      text += kDigits[static_cast<unsigned char>(c) & 15];
    } else {
      text += c;
    }
  }
  return text;
}

// What has to be so before a password may be sent. The result is the library's.
int prepare(LDAP* handle, const LdapOptions& options) {
  const int version = LDAP_VERSION3;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.timeout);
  const timeval timeout{.tv_sec = seconds.count(),
                        .tv_usec = (options.timeout - seconds).count() * 1000};
  ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version);
  ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, &timeout);
  ldap_set_option(handle, LDAP_OPT_TIMEOUT, &timeout);
  ldap_set_option(handle, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
  const int demand = LDAP_OPT_X_TLS_DEMAND;
  ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
  if (!options.authorities.empty()) {
    ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, options.authorities.c_str());
  }
  const int server = 0;
  int result = ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &server);
  if (result == LDAP_SUCCESS && options.start_tls && options.url.starts_with("ldap://")) {
    result = ldap_start_tls_s(handle, nullptr, nullptr);
  }
  return result;
}

}  // namespace

std::string ldap_bind_name(std::string_view pattern, std::string_view user) {
  return fill_in_name(pattern, user, &escaped);
}

LoginSource::Answer LdapSource::check(const std::string& name, std::string_view password,
                                      std::string_view, std::string& detail) {
  // RFC 4513 5.1.2: a bind without a password succeeds for everybody.
  if (password.empty()) return Answer::wrong;
  LDAP* opened = nullptr;
  int result = ldap_initialize(&opened, options_.url.c_str());
  const Handle handle(opened);
  if (result == LDAP_SUCCESS) result = prepare(handle.get(), options_);
  if (result == LDAP_SUCCESS) {
    std::string secret(password);
    const sasl::CleanseAtExit wipe(secret);
    berval credentials{.bv_len = secret.size(), .bv_val = secret.data()};
    const std::string bind_name = ldap_bind_name(options_.bind_name, name);
    result = ldap_sasl_bind_s(handle.get(), bind_name.c_str(), LDAP_SASL_SIMPLE, &credentials,
                              nullptr, nullptr, nullptr);
  }
  if (result == LDAP_SUCCESS) return Answer::right;
  detail = std::string("ldap: ") + ldap_err2string(result);
  const bool refused = result == LDAP_INVALID_CREDENTIALS || result == LDAP_NO_SUCH_OBJECT ||
                       result == LDAP_INVALID_DN_SYNTAX;
  return refused ? Answer::unknown : Answer::unavailable;
}

}  // namespace mailkeep::server
