// The settings of [pop3].
#include <array>

#include "protocol/pop3/unique_id.h"
#include "server/config/setting_values.h"

namespace mailkeep::server {
namespace {

Applied unique_id(Config& config, const std::string& text, const Path&) {
  return assign(config.pop3_unique_id, pop3::unique_id_format(text));
}

Applied expire(Config& config, const std::string& text, const Path&) {
  if (text == "never") {
    config.pop3_expire_days.reset();
    return {};
  }
  const auto days = parse_number(text, 0, 36'500);
  if (!days) return std::unexpected("is neither never nor a number of days up to 36500");
  config.pop3_expire_days = static_cast<std::uint32_t>(*days);
  return {};
}

Applied deletion(Config& config, const std::string& text, const Path&) {
  if (text != "expunge" && text != "flag") return std::unexpected("is neither expunge nor flag");
  config.pop3_deletes_by_flag = text == "flag";
  return {};
}

Applied unasked_utf8(Config& config, const std::string& text, const Path&) {
  if (text != "send" && text != "refuse") return std::unexpected("is neither send nor refuse");
  config.pop3_refuses_utf8 = text == "refuse";
  return {};
}

Applied workaround(Config& config, const std::string& text, const Path&) {
  if (text == "outlook-no-nuls") {
    config.pop3_replaces_nuls = true;
  } else if (text == "outlook-end-of-header") {
    config.pop3_ends_headers = true;
  } else {
    return std::unexpected("is neither outlook-no-nuls nor outlook-end-of-header");
  }
  return {};
}

constexpr std::array kPop3Table{
    Setting{"pop3", "listen", "ADDRESS", "",
            "Where POP3 is served, with STLS if there is a certificate.", true,
            &endpoint<&Config::pop3>},
    Setting{"pop3", "uidl-format", "FORMAT", "mailkeep",
            "How unique ids of messages are written: mailkeep, dovecot, courier or cyrus, or text "
            "with %u (the UID) and %v (UIDVALIDITY); %08Xu is eight hexadecimal digits. After a "
            "move from one of those servers it must be theirs, or clients fetch all mail again.",
            false, &unique_id},
    Setting{"pop3", "delete", "HOW", "expunge",
            "What becomes of messages that a client deletes: expunge, or flag (they are marked "
            "as deleted, which IMAP clients see, and POP3 clients see them no more).",
            false, &deletion},
    Setting{"pop3", "expire", "DAYS", "never",
            "After how many days in INBOX messages go when a POP3 session ends with QUIT: a "
            "number, 0 for at once after they were retrieved, or never. Clients are told (EXPIRE).",
            false, &expire},
    Setting{"pop3", "login-delay", "DURATION", "0",
            "How long a client must wait between two log-ins to one account. Clients are told "
            "(LOGIN-DELAY). 0 for no time.",
            false, &duration<&Config::pop3_login_delay, 0>},
    Setting{"pop3", "exclusive", "WHEN", "no",
            "Whether one session at a time has an account's maildrop, as RFC 1939 has it: yes or "
            "no. IMAP does not matter for it.",
            false, &yes_or_no<&Config::pop3_exclusive>},
    Setting{"pop3", "apop", "WHEN", "no",
            "Whether APOP is offered: yes or no. It needs secrets that are kept as they are: "
            "\"mailkeep user apop\" sets them.",
            false, &yes_or_no<&Config::pop3_apop>},
    Setting{"pop3", "unasked-utf8", "WHAT", "send",
            "What clients that did not say UTF8 get of messages with UTF-8 in their headers: send "
            "(the message as it is) or refuse (an error, as RFC 6856 has it).",
            false, &unasked_utf8},
    Setting{"pop3", "workaround", "NAME", "",
            "outlook-no-nuls: NUL octets in messages are sent as 0x80. outlook-end-of-header: "
            "messages that end in their header get the blank line that is missing.",
            true, &workaround},
};

}  // namespace

std::span<const Setting> pop3_settings_table() {
  return kPop3Table;
}

}  // namespace mailkeep::server
