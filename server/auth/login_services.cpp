#include "server/auth/login_services.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "server/auth/account_name.h"
#include "server/auth/introspection.h"
#include "server/auth/ldap_source.h"
#include "server/auth/oauth_tokens.h"
#include "server/auth/pam_source.h"
#include "server/auth/passwd_file.h"
#include "server/clock.h"

namespace mailkeep::server {

namespace {

constexpr unsigned kSecondsBetweenLooks = 60;

GuessLimits guess_limits(const Config& config) {
  GuessLimits limits;
  limits.of_account = config.block_after;
  limits.of_network = config.block_network_after;
  limits.block = std::chrono::ceil<std::chrono::seconds>(config.block_time);
  std::vector<std::string> exempt = config.exempt_networks;
  if (exempt.empty()) exempt = {"127.0.0.0/8", "::1"};
  for (const std::string& network : exempt) {
    if (network != "none") static_cast<void>(limits.exempt.add(network));
  }
  return limits;
}

std::unique_ptr<LoginSource> make_source(const Config& config, std::string_view name) {
  if (name == "passwd-file") return std::make_unique<PasswdFile>(config.passwd_file);
  if (name == "pam") return std::make_unique<PamSource>(config.pam_service);
  LdapOptions options;
  options.url = config.ldap_url;
  options.bind_name = config.ldap_bind_name;
  options.start_tls = config.ldap_start_tls;
  options.authorities = config.ldap_authorities;
  options.timeout = config.ldap_timeout;
  return std::make_unique<LdapSource>(std::move(options));
}

std::vector<std::unique_ptr<LoginSource>> make_sources(const Config& config) {
  std::vector<std::unique_ptr<LoginSource>> sources;
  sources.reserve(config.auth_sources.size());
  for (const std::string& name : config.auth_sources) {
    if (name == "migrate") continue;  // the old server, which is no LoginSource
    sources.push_back(name == "accounts" ? nullptr : make_source(config, name));
  }
  return sources;
}

std::unique_ptr<TokenChecker> make_tokens(const Config& config) {
  if (config.oauth_keys.empty() && config.oauth_introspection.empty()) return nullptr;
  TokenRules rules{.issuer = config.oauth_issuer,
                   .audiences = config.oauth_audiences,
                   .scope = config.oauth_scope,
                   .name_claim = config.oauth_claim,
                   .clock_skew = config.oauth_skew.count() / 1000};
  Introspect introspect;
  if (!config.oauth_introspection.empty()) {
    introspect = make_introspection(config.oauth_introspection, config.oauth_client,
                                    config.oauth_secret_file);
  }
  return std::make_unique<OAuthTokens>(config.oauth_keys, std::move(rules), std::move(introspect));
}

// Lines NAME ACCOUNT; what the name is made of may have blanks in it, an account may not.
std::map<std::string, std::string, std::less<>> read_map(const std::filesystem::path& file) {
  std::map<std::string, std::string, std::less<>> map;
  if (file.empty()) return map;
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error(file.string() + ": cannot be read");
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t blank = line.find_last_of(" \t");
    const std::size_t end = line.find_last_not_of(" \t", blank);
    if (blank == std::string::npos || end == std::string::npos || blank + 1 == line.size()) {
      throw std::runtime_error(file.string() + ": \"" + line + "\" is not NAME ACCOUNT");
    }
    map.insert_or_assign(line.substr(0, end + 1), line.substr(blank + 1));
  }
  return map;
}

AuthenticatorOptions authenticator_options(const Config& config) {
  AuthenticatorOptions options;
  options.failure_delay = config.failure_delay;
  options.disabled_mechanisms.insert(config.disabled_mechanisms.begin(),
                                     config.disabled_mechanisms.end());
  for (const std::string& master : config.master_users) {
    options.masters.insert(account_name(master).value_or(master));
  }
  options.anonymous = config.anonymous_account;
  options.certificates = read_map(config.certificate_map);
  options.external = !config.client_authorities.empty();
  options.creates_accounts = config.create_accounts;
  return options;
}

std::vector<LoginSource*> pointers(const std::vector<std::unique_ptr<LoginSource>>& sources) {
  std::vector<LoginSource*> list;
  list.reserve(sources.size());
  for (const auto& source : sources) list.push_back(source.get());
  return list;
}

}  // namespace

LoginServices::LoginServices(const Config& config, const std::shared_ptr<store::Store>& store,
                             protocol::BlockingPool& pool, LoginLog log, OldServer* old_server)
    : credentials_(config.data_dir),
      logins_(config.data_dir),
      limiter_(logins_, guess_limits(config)),
      sources_(make_sources(config)),
      tokens_(make_tokens(config)) {
  authenticator_ =
      std::make_unique<AccountAuthenticator>(AuthenticatorParts{.store = store,
                                                                .pool = pool,
                                                                .log = std::move(log),
                                                                .credentials = &credentials_,
                                                                .limiter = &limiter_,
                                                                .journal = &journal_,
                                                                .tokens = tokens_.get(),
                                                                .sources = pointers(sources_),
                                                                .old_server = old_server},
                                             authenticator_options(config));
}

void LoginServices::maintain() {
  journal_.write_to(logins_);
  if (seconds_++ % kSecondsBetweenLooks != 0) return;
  limiter_.clean(now_in_seconds());
  authenticator_->refresh();
}

}  // namespace mailkeep::server
