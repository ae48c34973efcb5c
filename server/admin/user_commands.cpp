#include "server/admin/user_commands.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string_view>

#include "protocol/imap/capability.h"
#include "protocol/sasl/scram.h"
#include "protocol/sasl/secret.h"
#include "server/admin/arguments.h"
#include "server/admin/auth_commands.h"
#include "server/admin/open_store.h"
#include "server/admin/password_input.h"
#include "server/config/values.h"
#include "server/exit_code.h"
#include "server/migration/account_filler.h"
#include "store/credentials.h"

namespace mailkeep::server {
namespace {

// Does `work` for each name; a failure is said and the next name comes.
template <class Work>
int for_each_name(const AdminContext& context, const std::vector<std::string>& names, Work work) {
  int result = exit_code::ok;
  for (const std::string& name : names) {
    try {
      work(checked_account_name(name));
    } catch (const std::runtime_error& error) {
      context.err << "mailkeep: " << error.what() << '\n';
      result = exit_code::failed;
    }
  }
  return result;
}

// Gives each name a password: `store_password` keeps it.
template <class StorePassword>
int set_passwords(const AdminContext& context, const Arguments& arguments,
                  StorePassword store_password) {
  const PasswordSource source = password_source(arguments);
  const bool generate = source == PasswordSource::generate;
  std::string common = generate ? std::string() : read_password(context, source);
  const sasl::CleanseAtExit wipe(common);
  return for_each_name(context, arguments.plain(), [&](const std::string& name) {
    std::string password = generate ? read_password(context, source) : common;
    const sasl::CleanseAtExit wipe_copy(password);
    store_password(name, password);
    if (generate) context.out << name << ' ' << password << '\n';
  });
}

// Accounts made at once: a few flushes serve them all.
constexpr std::size_t kGroup = 100;

int create_accounts(const AdminContext& context, store::Store& store,
                    std::span<const store::NewAccount> accounts) {
  int result = exit_code::ok;
  for (std::size_t begin = 0; begin < accounts.size(); begin += kGroup) {
    const auto group = accounts.subspan(begin, std::min(kGroup, accounts.size() - begin));
    const auto answers = store.create_accounts(group);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (answers[i]) continue;
      context.err << "mailkeep: " << group[i].name << ": " << store::describe(answers[i].error())
                  << '\n';
      result = exit_code::failed;
    }
  }
  return result;
}

}  // namespace

int user_add(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--password-stdin", "--generate", "--no-password"}, {});
  arguments.expect_plain(1, Arguments::kAnyNumber, "account name");
  const auto store = open_store(context.config, MissingStore::create);
  // A generated password is told when its account is there.
  if (password_source(arguments) == PasswordSource::generate) {
    return set_passwords(context, arguments,
                         [&](const std::string& name, const std::string& password) {
                           expect(store->create_account(name, sasl::make_record(password)), name);
                         });
  }
  std::vector<store::NewAccount> accounts;
  int read = exit_code::ok;
  if (arguments.has("--no-password")) {
    read = for_each_name(context, arguments.plain(),
                         [&](const std::string& name) { accounts.push_back({name, {}}); });
  } else {
    read = set_passwords(context, arguments,
                         [&](const std::string& name, const std::string& password) {
                           accounts.push_back({name, sasl::make_record(password)});
                         });
  }
  const int made = create_accounts(context, *store, accounts);
  return read != exit_code::ok ? read : made;
}

int user_passwd(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--password-stdin", "--generate"}, {});
  arguments.expect_plain(1, Arguments::kAnyNumber, "account name");
  const auto store = open_store(context.config, MissingStore::refuse);
  store::Credentials credentials(context.config.data_dir);
  return set_passwords(context, arguments,
                       [&](const std::string& name, const std::string& password) {
                         const auto like = app_password_keys(credentials, name);
                         expect(store->set_password(name, sasl::make_record(password, like)), name);
                       });
}

int user_remove(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(1, Arguments::kAnyNumber, "account name");
  const auto store = open_store(context.config, MissingStore::refuse);
  return for_each_name(context, arguments.plain(),
                       [&](const std::string& name) { expect(store->remove_account(name), name); });
}

namespace {

// A limit as it is given: "none" takes it away.
template <class Parse>
void read_limit(const Arguments& arguments, std::string_view option,
                std::optional<std::uint64_t>& limit, Parse parse) {
  const auto text = arguments.value(option);
  if (!text) return;
  limit.reset();
  if (*text == "none") return;
  const auto value = parse(*text);
  if (!value) throw AdminUsageError(std::string(option) + ": " + value.error());
  limit = *value;
}

void print_resource(const AdminContext& context, std::string_view name, std::uint64_t usage,
                    const std::optional<std::uint64_t>& limit) {
  context.out << name << '\t' << usage << '\t' << (limit ? std::to_string(*limit) : "none") << '\n';
}

}  // namespace

int user_quota(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {"--storage", "--messages", "--mailboxes"});
  arguments.expect_plain(1, 1, "account name");
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, arguments.plain().front());
  store::QuotaLimits limits = expect(account->quota(), account->name()).limits;
  const store::QuotaLimits before = limits;
  const auto parse_count = [](std::string_view text) {
    return parse_number(text, 0, std::numeric_limits<std::int64_t>::max());
  };
  read_limit(arguments, "--storage", limits.bytes, parse_size);
  read_limit(arguments, "--messages", limits.messages, parse_count);
  read_limit(arguments, "--mailboxes", limits.mailboxes, parse_count);
  if (limits != before) expect(account->set_quota(limits), account->name());
  const store::Quota quota = expect(account->quota(), account->name());
  print_resource(context, "storage", quota.usage.bytes, quota.limits.bytes);
  print_resource(context, "messages", quota.usage.messages, quota.limits.messages);
  print_resource(context, "mailboxes", quota.usage.mailboxes, quota.limits.mailboxes);
  return exit_code::ok;
}

int user_set(const AdminContext& context, const std::vector<std::string>& words) {
  constexpr std::string_view kOption = "--disable-capability";
  const Arguments arguments(words, {}, {kOption});
  arguments.expect_plain(1, Arguments::kAnyNumber, "account name");
  std::string list = arguments.value(kOption).value_or("");
  if (list.empty()) throw AdminUsageError("give --disable-capability LIST (or none)");
  if (list == "none") list.clear();
  for (std::string_view left = list; !left.empty();) {
    const std::size_t end = std::min(left.find(','), left.size());
    imap::CapabilitySet set;
    if (!imap::disable_capability(set, left.substr(0, end))) {
      throw AdminUsageError("\"" + std::string(left.substr(0, end)) +
                            "\" is not a capability that can be turned off");
    }
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  const auto store = open_store(context.config, MissingStore::refuse);
  return for_each_name(context, arguments.plain(), [&](const std::string& name) {
    expect(store->set_setting(name, imap::kDisabledCapabilities, list), name);
  });
}

int user_list(const AdminContext& context, const std::vector<std::string>& words) {
  Arguments(words, {}, {}).expect_plain(0, 0, "");
  const auto store = open_store(context.config, MissingStore::refuse);
  auto accounts = store->accounts();
  std::sort(accounts.begin(), accounts.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const store::AccountInfo& account : accounts) {
    const bool filling = store->setting(account.name, kFilling).value_or("") == kFillingBegun;
    context.out << account.name << (account.suspended ? "\tsuspended" : "")
                << (filling ? "\tfilling" : "") << '\n';
  }
  return exit_code::ok;
}

}  // namespace mailkeep::server
