#include "server/admin/auth_commands.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "protocol/sasl/scram.h"
#include "protocol/sasl/secret.h"
#include "server/admin/arguments.h"
#include "server/admin/open_store.h"
#include "server/admin/password_input.h"
#include "server/auth/apop.h"
#include "server/clock.h"
#include "server/config/values.h"
#include "server/exit_code.h"
#include "store/logins.h"

namespace mailkeep::server {
namespace {

constexpr std::array<std::string_view, 5> kProtocols{"imap", "pop3", "smtp", "lmtp", "sieve"};

std::string time_text(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string protocols_of(std::string list) {
  std::ranges::replace(list, ',', ' ');
  for (std::string_view left = list; !left.empty();) {
    const std::size_t end = std::min(left.find(' '), left.size());
    if (std::ranges::find(kProtocols, left.substr(0, end)) == kProtocols.end()) {
      throw AdminUsageError("\"" + std::string(left.substr(0, end)) +
                            "\" is none of: " + fmt::format("{}", fmt::join(kProtocols, ", ")));
    }
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return list;
}

// "30d" from now, or "never".
std::int64_t expiry_of(const std::string& text) {
  if (text == "never") return 0;
  const auto duration = parse_duration(text);
  if (!duration || duration->count() < 1000) {
    throw AdminUsageError("--expires " + text + " is neither a duration (90d, 12h) nor never");
  }
  return now_in_seconds() + duration->count() / 1000;
}

std::string checked_label(const std::string& name) {
  const bool plain = std::ranges::none_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (name.empty() || name.size() > store::Credentials::kMaxNameBytes || !plain) {
    throw AdminUsageError("the name of an app password is 1 to 100 octets of printable text");
  }
  return name;
}

int add_app_password(const AdminContext& context, store::Store& store,
                     store::Credentials& credentials, const Arguments& arguments) {
  arguments.expect_plain(3, 3, "ACCOUNT and NAME");
  const std::string account = checked_account_name(arguments.plain()[1]);
  // All passwords of an account share their salts, so that SCRAM can try them at once.
  std::vector<store::ScramKeys> like = sasl::keys_of(expect(store.password_of(account), account));
  const auto others = app_password_keys(credentials, account);
  like.insert(like.end(), others.begin(), others.end());
  std::string secret = generate_password();
  const sasl::CleanseAtExit wipe(secret);
  store::AppPassword password;
  password.name = checked_label(arguments.plain()[2]);
  password.expires = expiry_of(arguments.value("--expires").value_or("never"));
  password.protocols = protocols_of(arguments.value("--protocols").value_or(""));
  password.keys = sasl::keys_of(sasl::make_record(secret, like));
  if (!expect(credentials.add_app_password(account, password), account)) {
    throw std::runtime_error(account + ": there is one of that name, or there are 50 already");
  }
  context.out << secret << '\n';
  return exit_code::ok;
}

int list_app_passwords(const AdminContext& context, store::Credentials& credentials,
                       const std::string& account) {
  for (const store::AppPassword& password : credentials.app_passwords(account)) {
    const bool over = password.expires != 0 && password.expires <= now_in_seconds();
    context.out << password.name << '\t' << time_text(password.created) << '\t'
                << (password.expires == 0 ? "never" : time_text(password.expires))
                << (over ? " (expired)" : "") << '\t'
                << (password.protocols.empty() ? "all" : password.protocols) << '\n';
  }
  return exit_code::ok;
}

int set_suspended(const AdminContext& context, const std::vector<std::string>& words,
                  bool suspended) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(1, Arguments::kAnyNumber, "account name");
  static_cast<void>(open_store(context.config, MissingStore::refuse));
  store::Credentials credentials(context.config.data_dir);
  int result = exit_code::ok;
  for (const std::string& typed : arguments.plain()) {
    const auto done = credentials.set_suspended(checked_account_name(typed), suspended);
    if (done) continue;
    context.err << "mailkeep: " << typed << ": " << store::describe(done.error()) << '\n';
    result = exit_code::failed;
  }
  return result;
}

}  // namespace

std::vector<store::ScramKeys> app_password_keys(store::Credentials& credentials,
                                                std::string_view account) {
  std::vector<store::ScramKeys> keys;
  for (const store::AppPassword& password : credentials.app_passwords(account)) {
    keys.insert(keys.end(), password.keys.begin(), password.keys.end());
  }
  return keys;
}

int user_app_password(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {"--expires", "--protocols"});
  arguments.expect_plain(2, 3, "add, remove or list, and ACCOUNT");
  const std::string& action = arguments.plain().front();
  const auto store = open_store(context.config, MissingStore::refuse);
  store::Credentials credentials(context.config.data_dir);
  if (action == "add") return add_app_password(context, *store, credentials, arguments);
  const std::string account = checked_account_name(arguments.plain()[1]);
  expect(store->find_account(account), account);
  if (action == "list") return list_app_passwords(context, credentials, account);
  if (action != "remove") throw AdminUsageError("\"" + action + "\" is not add, remove or list");
  arguments.expect_plain(3, 3, "ACCOUNT and NAME");
  const std::string& name = arguments.plain()[2];
  if (!expect(credentials.remove_app_password(account, name), account)) {
    throw std::runtime_error(account + ": there is no app password \"" + name + "\"");
  }
  return exit_code::ok;
}

int user_suspend(const AdminContext& context, const std::vector<std::string>& words) {
  return set_suspended(context, words, true);
}

int user_resume(const AdminContext& context, const std::vector<std::string>& words) {
  return set_suspended(context, words, false);
}

int user_apop(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--password-stdin", "--generate", "--none"}, {});
  arguments.expect_plain(1, 1, "account name");
  const std::string account = checked_account_name(arguments.plain().front());
  const auto store = open_store(context.config, MissingStore::refuse);
  std::string secret;
  const sasl::CleanseAtExit wipe(secret);
  if (!arguments.has("--none")) {
    const PasswordSource source = password_source(arguments);
    secret = read_password(context, source);
    if (source == PasswordSource::generate) context.out << secret << '\n';
  }
  expect(store->set_setting(account, kApopSecret, secret), account);
  return exit_code::ok;
}

int auth_blocked(const AdminContext& context, const std::vector<std::string>& words) {
  Arguments(words, {}, {}).expect_plain(0, 0, "");
  static_cast<void>(open_store(context.config, MissingStore::refuse));
  store::Logins logins(context.config.data_dir);
  for (const store::LoginFailures& blocked : logins.blocked(now_in_seconds())) {
    context.out << blocked.source << '\t' << (blocked.account.empty() ? "*" : blocked.account)
                << '\t' << blocked.failures << " failures\tuntil "
                << time_text(blocked.blocked_until) << '\n';
  }
  return exit_code::ok;
}

int auth_unblock(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(1, Arguments::kAnyNumber, "address, network or account");
  static_cast<void>(open_store(context.config, MissingStore::refuse));
  store::Logins logins(context.config.data_dir);
  int result = exit_code::ok;
  for (const std::string& text : arguments.plain()) {
    if (logins.unblock(text) > 0) continue;
    context.err << "mailkeep: " << text << ": there are no failures of that\n";
    result = exit_code::failed;
  }
  return result;
}

int auth_log(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(1, 1, "account name");
  const std::string account = checked_account_name(arguments.plain().front());
  const auto store = open_store(context.config, MissingStore::refuse);
  expect(store->find_account(account), account);
  store::Logins logins(context.config.data_dir);
  for (const store::LoginRow& row : logins.of(account)) {
    context.out << time_text(row.time) << '\t' << row.protocol << '\t' << row.mechanism << '\t'
                << row.peer << '\t' << row.outcome << '\n';
  }
  return exit_code::ok;
}

}  // namespace mailkeep::server
