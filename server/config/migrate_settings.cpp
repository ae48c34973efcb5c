// The settings of [migrate].
#include <array>

#include "server/config/setting_values.h"
#include "server/migration/remote_url.h"

namespace mailkeep::server {
namespace {

Applied imap_url(Config& config, const std::string& text, const Path&) {
  const auto url = parse_remote_url(text);
  if (!url) return std::unexpected(url.error());
  if (!url->is_imap()) return std::unexpected("is not an imaps:// or imap:// address");
  if (!url->user.empty()) return std::unexpected("has a user; user-name says who logs in");
  config.migrate_from = text;
  return {};
}

Applied pop3_url(Config& config, const std::string& text, const Path&) {
  const auto url = parse_remote_url(text);
  if (!url) return std::unexpected(url.error());
  if (url->is_imap()) return std::unexpected("is not a pop3s:// or pop3:// address");
  if (!url->user.empty()) return std::unexpected("has a user; user-name says who logs in");
  config.migrate_pop3 = text;
  return {};
}

Applied user_name(Config& config, const std::string& text, const Path&) {
  if (text.find("%u") == std::string::npos && text.find("%n") == std::string::npos) {
    return std::unexpected("has neither %u nor %n for the user's name");
  }
  config.migrate_user_name = text;
  return {};
}

constexpr std::array kMigrateTable{
    Setting{
        "migrate", "from", "URL", "",
        "The IMAP server that users come from: imaps://HOST, or imap://HOST with STARTTLS. With "
        "[auth] source = migrate it checks the password of who has none here. Who is right "
        "there is let in, and the account is filled from there while it is used.",
        false, &imap_url},
    Setting{
        "migrate", "pop3", "URL", "",
        "Its POP3 server, pop3s://HOST or pop3://HOST, for the unique ids that POP3 clients know "
        "messages by: they are taken when all messages have come.",
        false, &pop3_url},
    Setting{"migrate", "user-name", "NAME", "%u",
            "As whom they log in there: %u is the user, %n its part before the @, %d after it.",
            false, &user_name},
    Setting{"migrate", "check-certificate", "WHEN", "yes",
            "Whether that server needs a certificate for its name that this machine trusts: yes or "
            "no. SSL_CERT_FILE in the environment names other authorities.",
            false, &yes_or_no<&Config::migrate_check_certificate>},
    Setting{"migrate", "timeout", "DURATION", "10s", "How long that server may be silent.", false,
            &duration<&Config::migrate_timeout, 1000>},
    Setting{"migrate", "log-ins", "NUMBER", "8",
            "How many passwords are checked there at a time; eight times as many may wait.", false,
            &number<&Config::migrate_log_ins, 1, 1000>},
    Setting{"migrate", "accounts", "NUMBER", "2", "How many accounts are filled at a time.", false,
            &number<&Config::migrate_accounts, 1, 100>},
    Setting{"migrate", "connections", "NUMBER", "2",
            "How many connections fetch the mail of an account.", false,
            &number<&Config::migrate_connections, 1, 32>},
    Setting{"migrate", "queue", "NUMBER", "1000",
            "How many accounts may wait to be filled. The others begin at a later log-in.", false,
            &number<&Config::migrate_queue, 1, 1'000'000>},
};

}  // namespace

std::span<const Setting> migrate_settings_table() {
  return kMigrateTable;
}

}  // namespace mailkeep::server
