// The configuration as the program uses it: what the file and the command line said, checked and
// with all defaults filled in. `settings.h` says how each value is written.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/imap/wire/grammar.h"
#include "server/log.h"
#include "server/net/address.h"
#include "server/net/tls_context.h"

namespace mailkeep::server {

// The defaults stand in the table of settings; a Config from load_config() has them all.
struct Config {
  enum class Plaintext : std::uint8_t { never, loopback, always };

  std::filesystem::path file;  // where it came from; empty for none
  std::filesystem::path data_dir;
  std::string hostname;
  LogLevel log_level = LogLevel::info;
  std::string run_as;  // a user's name; empty for none

  std::vector<net::Endpoint> imap;
  std::vector<net::Endpoint> imaps;
  std::vector<net::Endpoint> pop3;
  std::vector<net::Endpoint> pop3s;
  std::vector<net::Endpoint> lmtp;
  std::vector<net::Endpoint> socketmap;
  std::vector<net::TlsIdentity> tls;
  bool share_with_anyone = false;
  std::vector<std::string> administrators;    // names of accounts
  std::vector<std::string> submission_users;  // names of accounts
  imap::CapabilitySet disabled_capabilities;  // for every IMAP session
  std::uint64_t message_limit = 0;
  std::uint64_t save_limit = 0;

  std::string recipient_delimiter = "+";
  bool defer_over_quota = false;
  std::chrono::milliseconds suppress_duplicates{0};  // 0: never
  std::vector<std::string> lmtp_log_in;              // accounts
  std::uint64_t max_recipients = 100;
  std::uint64_t deliveries_per_account = 0;

  Plaintext plaintext_without_tls = Plaintext::loopback;
  std::chrono::milliseconds failure_delay{500};
  std::vector<std::string> disabled_mechanisms;  // upper case
  std::vector<std::string> auth_sources;  // "accounts", "passwd-file", "pam", "ldap", "migrate"
  std::filesystem::path passwd_file;
  std::string pam_service;
  bool create_accounts = false;
  std::vector<std::string> master_users;
  std::string anonymous_account;
  std::filesystem::path client_authorities;
  std::filesystem::path certificate_map;
  std::uint64_t block_after = 0;
  std::uint64_t block_network_after = 0;
  std::chrono::milliseconds block_time{};
  std::vector<std::string> exempt_networks;  // or "none"

  std::filesystem::path oauth_keys;
  std::string oauth_issuer;
  std::vector<std::string> oauth_audiences;
  std::string oauth_scope;
  std::string oauth_claim;
  std::chrono::milliseconds oauth_skew{};
  std::string oauth_introspection;
  std::string oauth_client;
  std::filesystem::path oauth_secret_file;

  std::string ldap_url;
  std::string ldap_bind_name;
  bool ldap_start_tls = true;
  std::filesystem::path ldap_authorities;
  std::chrono::milliseconds ldap_timeout{};

  std::vector<net::Endpoint> auth_service;

  std::string migrate_from;  // a URL that parse_remote_url() takes, or empty
  std::string migrate_pop3;  // the same
  std::string migrate_user_name;
  bool migrate_check_certificate = true;
  std::chrono::milliseconds migrate_timeout{};
  std::uint64_t migrate_log_ins = 0;
  std::uint64_t migrate_accounts = 0;
  std::uint64_t migrate_connections = 0;
  std::uint64_t migrate_queue = 0;

  std::string pop3_unique_id;
  std::optional<std::uint32_t> pop3_expire_days;
  std::chrono::milliseconds pop3_login_delay{};
  bool pop3_deletes_by_flag = false;
  bool pop3_exclusive = false;
  bool pop3_apop = false;
  bool pop3_refuses_utf8 = false;
  bool pop3_replaces_nuls = false;
  bool pop3_ends_headers = false;

  std::chrono::milliseconds login_timeout{};
  std::chrono::milliseconds idle_timeout{};
  std::chrono::milliseconds pop3_idle_timeout{};
  std::chrono::milliseconds lmtp_idle_timeout{};
  std::chrono::milliseconds write_timeout{};
  std::chrono::milliseconds stop_timeout{};
  std::uint64_t max_message_bytes = 0;
  std::uint64_t max_connections = 0;
  std::uint64_t max_connections_per_address = 0;
  std::uint64_t max_bad_commands = 0;
  std::uint64_t io_threads = 0;
  std::uint64_t store_threads = 0;
  std::uint64_t open_accounts = 0;
  bool text_index = true;
  std::chrono::milliseconds keep_removed{};
  std::chrono::milliseconds expire_trash{};
  std::chrono::milliseconds expire_junk{};

  // What is allowed and yet probably not meant; sentences for people.
  std::vector<std::string> warnings;
};

// The text names the file, the line and the key where there are any, says what is wrong, and what
// would be right.
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace mailkeep::server
