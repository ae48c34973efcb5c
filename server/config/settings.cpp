#include "server/config/settings.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "protocol/imap/capability.h"
#include "server/config/setting_values.h"

namespace mailkeep::server {

namespace {

Applied disabled_capability(Config& config, const std::string& text, const Path&) {
  if (imap::disable_capability(config.disabled_capabilities, text)) return {};
  return std::unexpected("is not a capability that can be turned off");
}

Path absolute(const std::string& text, const Path& base) {
  return (base / text).lexically_normal();
}

Applied administrator(Config& config, const std::string& text, const Path&) {
  if (text.empty()) return std::unexpected("is not an account");
  config.administrators.push_back(text);
  return {};
}

Applied submission_user(Config& config, const std::string& text, const Path&) {
  if (text.empty()) return std::unexpected("is not an account");
  config.submission_users.push_back(text);
  return {};
}

Applied data_dir(Config& config, const std::string& text, const Path& base) {
  if (text.empty()) return std::unexpected("is not a directory");
  config.data_dir = absolute(text, base);
  return {};
}

Applied hostname(Config& config, const std::string& text, const Path&) {
  return assign(config.hostname, parse_hostname(text));
}

Applied log_level(Config& config, const std::string& text, const Path&) {
  const std::optional<LogLevel> level = log_level_named(text);
  if (!level) return std::unexpected("is none of: error, warning, info, debug");
  config.log_level = *level;
  return {};
}

Applied run_as(Config& config, const std::string& text, const Path&) {
  config.run_as = text;
  return {};
}

// Certificates and keys come in pairs, one pair a [tls] section; the reader of the file sees to it
// that both are there.
Applied certificate(Config& config, const std::string& text, const Path& base) {
  if (text.empty()) return std::unexpected("is not a file");
  config.tls.push_back({absolute(text, base), {}});
  return {};
}

Applied key(Config& config, const std::string& text, const Path& base) {
  if (text.empty()) return std::unexpected("is not a file");
  for (net::TlsIdentity& identity : config.tls) {
    if (!identity.key.empty()) continue;
    identity.key = absolute(text, base);
    return {};
  }
  return std::unexpected("has no certificate beside it");
}

Applied text_index(Config& config, const std::string& text, const Path&) {
  if (text != "on" && text != "off") return std::unexpected("is none of: on, off");
  config.text_index = text == "on";
  return {};
}

Applied recipient_delimiter(Config& config, const std::string& text, const Path&) {
  const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
  if (text.empty() || text.size() > 8 || !plain || text.find('@') != std::string::npos) {
    return std::unexpected("is not a delimiter (+, -, --) or none");
  }
  config.recipient_delimiter = text == "none" ? std::string() : text;
  return {};
}

Applied over_quota(Config& config, const std::string& text, const Path&) {
  if (text != "reject" && text != "defer") return std::unexpected("is neither reject nor defer");
  config.defer_over_quota = text == "defer";
  return {};
}

constexpr std::array kServerTable{
    Setting{"", "data-dir", "DIRECTORY", "/var/lib/mailkeep",
            "Where all accounts and their mail are kept. Made on the first start.", false,
            &data_dir},
    Setting{"", "hostname", "NAME", "",
            "The name this server greets clients with. Without it, the machine's own name.", false,
            &hostname},
    Setting{"", "log-level", "LEVEL", "info",
            "How much is logged to standard error: error, warning, info or debug.", false,
            &log_level},
    Setting{"", "run-as", "USER", "",
            "The user to become if started by root, for the server once its ports are bound.",
            false, &run_as},

    Setting{"imap", "listen", "ADDRESS", "",
            "Where IMAP is served, with STARTTLS if there is a certificate.", true,
            &endpoint<&Config::imap>},
    Setting{"imap", "disable-capability", "NAME", "",
            "A capability that no IMAP client is told of or may use, by the name that CAPABILITY "
            "gives it, for clients that go wrong with it. Capabilities that build on it go too. "
            "Without LITERAL+ there is LITERAL-.",
            true, &disabled_capability},
    Setting{"imap", "share-with-anyone", "WHEN", "no",
            "Whether owners of mailboxes may open them to anyone who can log in: yes or no. What "
            "they open to single accounts does not depend on it.",
            false, &yes_or_no<&Config::share_with_anyone>},
    Setting{"imap", "administrator", "ACCOUNT", "",
            "An account that may set quota limits of all accounts over IMAP.", true,
            &administrator},
    Setting{"imap", "submission-user", "ACCOUNT", "",
            "An account of a submission server, which may fetch what users let it by URLs with "
            "submit+ (URLAUTH).",
            true, &submission_user},
    Setting{"imap", "message-limit", "NUMBER", "0",
            "The most messages that a command such as FETCH, SEARCH, STORE or MOVE works on, for "
            "clients that know MESSAGELIMIT; others may fail to see the rest. At least 1000 is "
            "advised. 0 for any "
            "number.",
            false, &number<&Config::message_limit, 0, 1'000'000'000>},
    Setting{"imap", "save-limit", "NUMBER", "0",
            "The most messages of one COPY or APPEND (SAVELIMIT). 0 for any number.", false,
            &number<&Config::save_limit, 0, 1'000'000'000>},
    Setting{"imaps", "listen", "ADDRESS", "", "Where IMAP is served over TLS from the start.", true,
            &endpoint<&Config::imaps>},
    Setting{"pop3s", "listen", "ADDRESS", "", "Where POP3 is served over TLS from the start.", true,
            &endpoint<&Config::pop3s>},
    Setting{
        "lmtp", "listen", "ADDRESS", "",
        "Where mail is delivered over LMTP, with STARTTLS if there is a certificate. Everybody who "
        "can connect can deliver: a Unix socket or an address of this machine is best.",
        true, &endpoint<&Config::lmtp>},
    Setting{"lmtp", "recipient-delimiter", "TEXT", "+",
            "What begins the detail of an address: mail for ann+lists goes to the mailbox lists of "
            "ann if it exists, else to INBOX. none for no details.",
            false, &recipient_delimiter},
    Setting{
        "lmtp", "over-quota", "ANSWER", "reject",
        "What the sender of mail for a full account is told: reject (it cannot be delivered) or "
        "defer (try again later).",
        false, &over_quota},
    Setting{"lmtp", "suppress-duplicates", "DURATION", "0s",
            "How long a message with the same Message-ID, sender and recipients is taken for one "
            "that was delivered to the account before, and not stored again. 0s: never.",
            false, &duration<&Config::suppress_duplicates, 0>},
    Setting{"lmtp", "max-recipients", "NUMBER", "100",
            "Recipients of one message; senders give the others in another one.", false,
            &number<&Config::max_recipients, 1, 10'000>},
    Setting{"lmtp", "deliveries-per-account", "NUMBER", "8",
            "Deliveries that are written to one account at a time; others wait for their turn.",
            false, &number<&Config::deliveries_per_account, 1, 1024>},

    Setting{"lmtp", "log-in", "ACCOUNT", "",
            "An account that may deliver. With any, clients must log in as one of them (AUTH) "
            "before they deliver; without, anybody who can connect may deliver.",
            true, &one_more<&Config::lmtp_log_in>},

    Setting{"socketmap", "listen", "ADDRESS", "",
            "Where Postfix looks up domains, users, aliases and full mailboxes "
            "(socketmap_table(5)).",
            true, &endpoint<&Config::socketmap>},

    Setting{"tls", "certificate", "FILE", "",
            "The certificate and its chain, PEM. Read again on SIGHUP. Repeat the section, with "
            "certificate and key, for more names: a client gets the first certificate for the name "
            "it asks for, else the first of all.",
            true, &certificate},
    Setting{"tls", "key", "FILE", "", "The certificate's private key, PEM, without a pass phrase.",
            true, &key},

    Setting{"limits", "login-timeout", "DURATION", "60s",
            "How long a client may take for each step before it has logged in.", false,
            &duration<&Config::login_timeout, 1000>},
    Setting{"limits", "idle-timeout", "DURATION", "30m",
            "How long an IMAP client may be silent after log-in. RFC 9051 asks for 30 minutes.",
            false, &duration<&Config::idle_timeout, 1000>},
    Setting{"limits", "pop3-idle-timeout", "DURATION", "10m",
            "How long a POP3 client may be silent after log-in. RFC 1939 asks for 10 minutes.",
            false, &duration<&Config::pop3_idle_timeout, 1000>},
    Setting{"limits", "lmtp-idle-timeout", "DURATION", "5m",
            "How long an LMTP client may be silent. RFC 5321 asks for 5 minutes.", false,
            &duration<&Config::lmtp_idle_timeout, 1000>},
    Setting{"limits", "write-timeout", "DURATION", "60s",
            "How long a client may take in nothing of what is sent to it.", false,
            &duration<&Config::write_timeout, 1000>},
    Setting{"limits", "stop-timeout", "DURATION", "5s",
            "How long sessions have for their goodbye when the server stops.", false,
            &duration<&Config::stop_timeout, 0>},
    Setting{"limits", "max-message-size", "SIZE", "256M", "The largest message that is taken in.",
            false, &size<&Config::max_message_bytes>},
    Setting{"limits", "max-connections", "NUMBER", "20000",
            "Connections at one time, of all services together.", false,
            &number<&Config::max_connections, 1, 10'000'000>},
    Setting{"limits", "max-connections-per-address", "NUMBER", "200",
            "Connections at one time from one IPv4 address or one IPv6 network of 64 bits. Clients "
            "on this machine are not counted.",
            false, &number<&Config::max_connections_per_address, 1, 10'000'000>},
    Setting{"limits", "max-bad-commands", "NUMBER", "20",
            "Bad commands in a row, after which a session is ended.", false,
            &number<&Config::max_bad_commands, 1, 1'000'000>},
    Setting{"limits", "io-threads", "NUMBER", "0",
            "Threads that serve connections. 0 for one each processor, at most 8.", false,
            &number<&Config::io_threads, 0, 256>},
    Setting{"limits", "store-threads", "NUMBER", "24",
            "Threads that read and write mail; they mostly wait for the disk.", false,
            &number<&Config::store_threads, 1, 1024>},
    Setting{"limits", "open-accounts", "NUMBER", "256",
            "Accounts whose files are kept open; idle ones are closed first.", false,
            &number<&Config::open_accounts, 1, 100'000>},
    Setting{"retention", "keep-removed", "DURATION", "0",
            "How long expunged messages and deleted mailboxes can be restored (mailkeep "
            "undelete). They take room meanwhile, but count for no quota. 0 for not at all.",
            false, &duration<&Config::keep_removed, 0>},
    Setting{"retention", "expire-trash", "DURATION", "0",
            "How long messages stay in mailboxes whose special use is Trash. 0 for ever; "
            "mailkeep mailbox expire sets it for one mailbox.",
            false, &duration<&Config::expire_trash, 0>},
    Setting{"retention", "expire-junk", "DURATION", "0", "The same where the special use is Junk.",
            false, &duration<&Config::expire_junk, 0>},
    Setting{"search", "text-index", "ON", "on",
            "Whether an index of the texts of messages is kept, which makes searches in them fast: "
            "on or off. It takes about a tenth of the room that the mail takes.",
            false, &text_index},
};

}  // namespace

std::string Setting::name() const {
  return section.empty() ? std::string(key) : fmt::format("{}.{}", section, key);
}

std::span<const Setting> setting_table() {
  static const std::vector<Setting> kAll = [] {
    std::vector<Setting> all(kServerTable.begin(), kServerTable.end());
    for (const auto part :
         {pop3_settings_table(), auth_settings_table(), migrate_settings_table()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kAll;
}

const Setting* find_setting(std::string_view section, std::string_view key) {
  for (const Setting& setting : setting_table()) {
    if (setting.section == section && setting.key == key) return &setting;
  }
  return nullptr;
}

}  // namespace mailkeep::server
