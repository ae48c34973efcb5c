#include "server/services.h"

#include <memory>
#include <utility>

#include "protocol/auth_service/session.h"
#include "protocol/imap/session.h"
#include "protocol/lmtp/session.h"
#include "protocol/pop3/session.h"

namespace mailkeep::server {

namespace {

std::chrono::seconds whole_seconds(std::chrono::milliseconds duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration);
}

imap::Settings imap_settings(const Config& config) {
  imap::Settings settings;
  settings.hostname = config.hostname;
  settings.version = MAILKEEP_VERSION;
  settings.login_timeout = whole_seconds(config.login_timeout);
  settings.idle_timeout = whole_seconds(config.idle_timeout);
  settings.max_bad_commands = static_cast<std::uint32_t>(config.max_bad_commands);
  settings.max_message_bytes = config.max_message_bytes;
  settings.disabled = config.disabled_capabilities;
  settings.share_with_anyone = config.share_with_anyone;
  settings.administrators = config.administrators;
  settings.submission_users = config.submission_users;
  settings.anonymous_account = config.anonymous_account;
  settings.message_limit = static_cast<std::uint32_t>(config.message_limit);
  settings.save_limit = static_cast<std::uint32_t>(config.save_limit);
  settings.plaintext_without_tls =
      static_cast<imap::Settings::Plaintext>(config.plaintext_without_tls);
  return settings;
}

pop3::Settings pop3_settings(const Config& config) {
  pop3::Settings settings;
  settings.hostname = config.hostname;
  settings.version = MAILKEEP_VERSION;
  settings.login_timeout = whole_seconds(config.login_timeout);
  settings.idle_timeout = whole_seconds(config.pop3_idle_timeout);
  settings.max_bad_commands = static_cast<std::uint32_t>(config.max_bad_commands);
  settings.plaintext_without_tls =
      static_cast<pop3::Settings::Plaintext>(config.plaintext_without_tls);
  settings.apop = config.pop3_apop;
  settings.unique_id = config.pop3_unique_id;
  settings.expire_days = config.pop3_expire_days;
  settings.login_delay = whole_seconds(config.pop3_login_delay);
  settings.exclusive = config.pop3_exclusive;
  settings.deletes_by_flag = config.pop3_deletes_by_flag;
  settings.refuses_utf8 = config.pop3_refuses_utf8;
  settings.replaces_nuls = config.pop3_replaces_nuls;
  settings.ends_headers = config.pop3_ends_headers;
  return settings;
}

lmtp::Settings lmtp_settings(const Config& config) {
  lmtp::Settings settings;
  settings.hostname = config.hostname;
  settings.idle_timeout = whole_seconds(config.lmtp_idle_timeout);
  settings.max_message_bytes = config.max_message_bytes;
  settings.max_recipients = static_cast<std::uint32_t>(config.max_recipients);
  settings.max_bad_commands = static_cast<std::uint32_t>(config.max_bad_commands);
  settings.defer_over_quota = config.defer_over_quota;
  settings.suppress_duplicates = whole_seconds(config.suppress_duplicates);
  settings.log_in_accounts = config.lmtp_log_in;
  return settings;
}

// The three names mean the same everywhere, so that a cast translates them.
template <class Plaintext>
constexpr bool matches_config() {
  using Of = Config::Plaintext;
  return static_cast<int>(Plaintext::never) == static_cast<int>(Of::never) &&
         static_cast<int>(Plaintext::loopback) == static_cast<int>(Of::loopback) &&
         static_cast<int>(Plaintext::always) == static_cast<int>(Of::always);
}
static_assert(matches_config<imap::Settings::Plaintext>());
static_assert(matches_config<pop3::Settings::Plaintext>());

protocol::Awaitable<void> converse_imap(protocol::Stream& stream, imap::SessionServices services) {
  imap::Session session(stream, services);
  co_await session.run();
}

protocol::Awaitable<void> converse_pop3(protocol::Stream& stream, pop3::SessionServices services) {
  pop3::Session session(stream, services);
  co_await session.run();
}

protocol::Awaitable<void> converse_lmtp(protocol::Stream& stream, lmtp::SessionServices services) {
  lmtp::Session session(stream, services);
  co_await session.run();
}

protocol::Awaitable<void> converse_auth(protocol::Stream& stream,
                                        auth_service::SessionServices services) {
  auth_service::Session session(stream, services);
  co_await session.run();
}

}  // namespace

std::vector<net::Service> make_services(const Config& config, const SharedServices& shared) {
  const auto imap_session = [settings =
                                 std::make_shared<const imap::Settings>(imap_settings(config)),
                             &shared](protocol::Stream& stream) {
    return converse_imap(
        stream, {*shared.pool, *shared.authenticator, *shared.events, *settings, shared.store});
  };
  const auto pop3_session =
      [settings = std::make_shared<const pop3::Settings>(pop3_settings(config)),
       gate = std::make_shared<pop3::MaildropGate>(), &shared](protocol::Stream& stream) {
        return converse_pop3(
            stream, {*shared.pool, *shared.authenticator, *shared.events, *settings, gate.get()});
      };
  const auto lmtp_session = [settings =
                                 std::make_shared<const lmtp::Settings>(lmtp_settings(config)),
                             &shared](protocol::Stream& stream) {
    return converse_lmtp(stream,
                         {*shared.pool, *shared.deliveries, *shared.addresses, *shared.events,
                          *shared.delivery_log, *settings, shared.authenticator});
  };
  const auto socketmap_session = [&shared](protocol::Stream& stream) {
    return socketmap::serve(stream, {*shared.pool, *shared.events, *shared.maps});
  };
  const auto auth_session = [&shared](protocol::Stream& stream) {
    return converse_auth(stream, {*shared.authenticator, *shared.events});
  };
  const std::string imap_busy = "* BYE [UNAVAILABLE] Too many connections\r\n";  // RFC 5530 3
  const std::string pop3_busy = "-ERR [SYS/TEMP] Too many connections\r\n";      // RFC 3206 4
  const std::string lmtp_busy = "421 4.3.2 Too many connections\r\n";            // RFC 5321 3.8
  std::vector<net::Service> services;
  services.push_back({"imap", config.imap, false, imap_session, imap_busy});
  services.push_back({"imaps", config.imaps, true, imap_session, imap_busy});
  services.push_back({"pop3", config.pop3, false, pop3_session, pop3_busy});
  services.push_back({"pop3s", config.pop3s, true, pop3_session, pop3_busy});
  services.push_back({"lmtp", config.lmtp, false, lmtp_session, lmtp_busy});
  services.push_back({"socketmap", config.socketmap, false, socketmap_session, ""});
  services.push_back({"auth-service", config.auth_service, false, auth_session, ""});
  return services;
}

}  // namespace mailkeep::server
