// The settings of [auth], [oauth], [ldap] and [auth-service].
#include <algorithm>
#include <array>

#include "mime/text/ascii.h"
#include "protocol/sasl/mechanisms.h"
#include "server/auth/networks.h"
#include "server/config/setting_values.h"

namespace mailkeep::server {
namespace {

Applied plaintext(Config& config, const std::string& text, const Path&) {
  if (text == "never") {
    config.plaintext_without_tls = Config::Plaintext::never;
  } else if (text == "loopback") {
    config.plaintext_without_tls = Config::Plaintext::loopback;
  } else if (text == "always") {
    config.plaintext_without_tls = Config::Plaintext::always;
  } else {
    return std::unexpected("is none of: never, loopback, always");
  }
  return {};
}

Applied disabled_mechanism(Config& config, const std::string& text, const Path&) {
  std::string name;
  for (const char c : text) {
    name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  if (sasl::find_mechanism(name) == nullptr) return std::unexpected("is not a mechanism");
  config.disabled_mechanisms.push_back(std::move(name));
  return {};
}

Applied source(Config& config, const std::string& text, const Path&) {
  constexpr std::array<std::string_view, 5> kSources{"accounts", "passwd-file", "pam", "ldap",
                                                     "migrate"};
  if (std::ranges::find(kSources, text) == kSources.end()) {
    return std::unexpected("is none of: accounts, passwd-file, pam, ldap, migrate");
  }
  if (std::ranges::find(config.auth_sources, text) != config.auth_sources.end()) {
    return std::unexpected("is given twice");
  }
  config.auth_sources.push_back(text);
  return {};
}

Applied exempt_network(Config& config, const std::string& text, const Path&) {
  Networks networks;
  if (text != "none" && !networks.add(text)) {
    return std::unexpected("is not a network (192.0.2.0/24, 2001:db8::/32), an address or none");
  }
  config.exempt_networks.push_back(text);
  return {};
}

Applied https(Config& config, const std::string& text, const Path&) {
  if (!text.starts_with("https://") && !text.starts_with("http://127.0.0.1")) {
    return std::unexpected("is not an https:// address");
  }
  config.oauth_introspection = text;
  return {};
}

Applied ldap_url(Config& config, const std::string& text, const Path&) {
  const bool known =
      text.starts_with("ldap://") || text.starts_with("ldaps://") || text.starts_with("ldapi://");
  if (!known) return std::unexpected("is not an ldap://, ldaps:// or ldapi:// address");
  config.ldap_url = text;
  return {};
}

Applied bind_name(Config& config, const std::string& text, const Path&) {
  if (text.find("%u") == std::string::npos && text.find("%n") == std::string::npos) {
    return std::unexpected("has neither %u nor %n for the user's name");
  }
  config.ldap_bind_name = text;
  return {};
}

constexpr std::array kAuthTable{
    Setting{"auth", "plaintext-without-tls", "WHEN", "loopback",
            "Who may log in with a password on a connection without TLS: never (nobody), loopback "
            "(clients on this machine) or always (everybody).",
            false, &plaintext},
    Setting{"auth", "disable-mechanism", "NAME", "",
            "A SASL mechanism that is not offered, such as LOGIN or SCRAM-SHA-1. A SCRAM mechanism "
            "is offered where every account has the keys for it; an account gets those that it "
            "lacks when its password is set, or at a log-in that shows the password. No SCRAM is "
            "offered where there are sources other than the accounts.",
            true, &disabled_mechanism},
    Setting{"auth", "source", "SOURCE", "",
            "Who knows passwords, in this order: accounts (the accounts' own), passwd-file, pam, "
            "ldap or migrate (the server of [migrate], the last). The first that knows a name "
            "decides. Without any: accounts.",
            true, &source},
    Setting{"auth", "passwd-file", "FILE", "",
            "A file with a line NAME:PASSWORD for each user, as Dovecot's: {PLAIN}, {CRYPT} and "
            "its kin, {SSHA256}, {ARGON2ID} and others. A password that it finds right becomes the "
            "account's own.",
            false, &file<&Config::passwd_file>},
    Setting{"auth", "pam-service", "NAME", "mailkeep", "The service that PAM is asked for.", false,
            &any_text<&Config::pam_service>},
    Setting{"auth", "create-accounts", "WHEN", "no",
            "Whether a user that another source knows gets an account at the first log-in: yes or "
            "no.",
            false, &yes_or_no<&Config::create_accounts>},
    Setting{"auth", "master", "ACCOUNT", "",
            "An account that may log in as others, with its own password: as user*master, or by "
            "the name to act as of SASL. It is logged.",
            true, &one_more<&Config::master_users>},
    Setting{"auth", "anonymous", "ACCOUNT", "",
            "The account that anybody may log in to by the mechanism ANONYMOUS. Without it, there "
            "is none.",
            false, &any_text<&Config::anonymous_account>},
    Setting{"auth", "client-authorities", "FILE", "",
            "Certificates of authorities, PEM: clients may give a certificate of one of these, and "
            "log in with it by the mechanism EXTERNAL.",
            false, &file<&Config::client_authorities>},
    Setting{"auth", "certificate-map", "FILE", "",
            "Lines NAME ACCOUNT that say whose a client certificate is. A name is sha256:HASH, "
            "email:ADDRESS, dns:HOST or cn:NAME. What is not in it is for the account that has the "
            "certificate's e-mail address or common name as its name.",
            false, &file<&Config::certificate_map>},
    Setting{"auth", "failure-delay", "DURATION", "500ms",
            "How long the answer to a first failed log-in waits; more failures from the same "
            "address wait longer, up to four times that. 0 for no delay.",
            false, &duration<&Config::failure_delay, 0>},
    Setting{"auth", "block-after", "NUMBER", "10",
            "Failed log-ins to one account from one address (or IPv6 network of 64 bits), after "
            "which it may not log in to that account for a while. 0 for any number.",
            false, &number<&Config::block_after, 0, 1'000'000>},
    Setting{"auth", "block-network-after", "NUMBER", "200",
            "Failed log-ins from one network (24 bits of IPv4, 64 of IPv6), after which nobody "
            "there may log in for a while. 0 for any number.",
            false, &number<&Config::block_network_after, 0, 1'000'000>},
    Setting{"auth", "block-time", "DURATION", "15m",
            "How long that while is, and when failures are forgotten.", false,
            &duration<&Config::block_time, 1000>},
    Setting{"auth", "exempt-network", "NETWORK", "",
            "A network that is never blocked, such as a web mail server's. Without any: this "
            "machine's own addresses. none for no network at all.",
            true, &exempt_network},

    Setting{"oauth", "keys", "FILE", "",
            "A JSON Web Key Set with the keys that bearer tokens are signed with (RS256, ES256 or "
            "EdDSA), read again when it changes. With it the mechanisms OAUTHBEARER and XOAUTH2 "
            "are offered.",
            false, &file<&Config::oauth_keys>},
    Setting{"oauth", "issuer", "TEXT", "", "Who must have issued a token (iss).", false,
            &any_text<&Config::oauth_issuer>},
    Setting{"oauth", "audience", "TEXT", "", "Whom a token must be for (aud): one of these.", true,
            &one_more<&Config::oauth_audiences>},
    Setting{"oauth", "scope", "TEXT", "", "What a token must allow (scope).", false,
            &any_text<&Config::oauth_scope>},
    Setting{"oauth", "name-claim", "NAME", "email", "The claim that names the account.", false,
            &any_text<&Config::oauth_claim>},
    Setting{"oauth", "clock-skew", "DURATION", "60s",
            "By how much the clocks of the issuer and of this machine may differ.", false,
            &duration<&Config::oauth_skew, 0>},
    Setting{"oauth", "introspection", "URL", "",
            "Where tokens that are not signed, or not for these keys, are asked about (RFC 7662).",
            false, &https},
    Setting{"oauth", "client-id", "TEXT", "", "As whom that is asked.", false,
            &any_text<&Config::oauth_client>},
    Setting{"oauth", "client-secret-file", "FILE", "",
            "A file with the secret for that, on its first line.", false,
            &file<&Config::oauth_secret_file>},

    Setting{"ldap", "url", "URL", "", "The directory server that passwords are asked of.", false,
            &ldap_url},
    Setting{"ldap", "bind-name", "NAME", "",
            "The name that a user's password is tried with: %u is the user, %n its part before the "
            "@, %d after it.",
            false, &bind_name},
    Setting{"ldap", "start-tls", "WHEN", "yes",
            "Whether a connection to ldap:// must be secured by StartTLS: yes or no.", false,
            &yes_or_no<&Config::ldap_start_tls>},
    Setting{"ldap", "authorities", "FILE", "",
            "Certificates that the directory server's is checked against. Without it, the "
            "system's.",
            false, &file<&Config::ldap_authorities>},
    Setting{"ldap", "timeout", "DURATION", "5s", "How long the directory server may take.", false,
            &duration<&Config::ldap_timeout, 1000>},

    Setting{"auth-service", "listen", "ADDRESS", "",
            "Where mail systems such as Postfix and Exim let Mailkeep check log-ins, in the "
            "protocol of Dovecot's auth service. Whoever can connect there can try passwords: a "
            "Unix socket is best.",
            true, &endpoint<&Config::auth_service>},
};

}  // namespace

std::span<const Setting> auth_settings_table() {
  return kAuthTable;
}

}  // namespace mailkeep::server
