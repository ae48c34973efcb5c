#include "server/admin/mailbox_commands.h"

#include <limits>

#include <fmt/format.h>

#include "server/admin/arguments.h"
#include "server/admin/open_store.h"
#include "server/exit_code.h"

namespace mailkeep::server {
namespace {

bool check_account(const AdminContext& context, store::Store& store, const std::string& name) {
  try {
    const auto account = open_account(store, name);
    const store::CheckReport report = expect(account->check(), name);
    for (const std::string& problem : report.problems) {
      context.out << name << ": " << problem << '\n';
    }
    context.out << fmt::format(
        "{}: {} mailboxes, {} messages, {}\n", name, report.mailboxes, report.messages,
        report.problems.empty() ? "no problems"
                                : fmt::format("{} problems", report.problems.size()));
    return report.problems.empty();
  } catch (const std::runtime_error& error) {
    context.out << error.what() << '\n';
    return false;
  }
}

}  // namespace

int mailbox_list(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {}, {});
  arguments.expect_plain(1, 1, "account name");
  const std::string& name = arguments.plain().front();
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, name);
  context.out << fmt::format("{:>10} {:>10} {:>14}  {}\n", "messages", "unread", "octets",
                             "mailbox");
  for (const store::MailboxInfo& mailbox : expect(account->mailboxes(), name)) {
    context.out << fmt::format("{:>10} {:>10} {:>14}  {}{}\n", mailbox.messages, mailbox.unseen,
                               mailbox.size_bytes, mailbox.name,
                               mailbox.selectable ? "" : " (holds no messages)");
  }
  return exit_code::ok;
}

int store_check(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(words, {"--all"}, {});
  const bool all = arguments.has("--all");
  if (all) {
    arguments.expect_plain(0, 0, "");
  } else {
    arguments.expect_plain(1, std::numeric_limits<std::size_t>::max(), "account name, or --all");
  }
  const auto store = open_store(context.config, MissingStore::refuse);
  std::vector<std::string> names = arguments.plain();
  if (all) {
    for (const store::AccountInfo& account : store->accounts()) names.push_back(account.name);
  }
  bool good = true;
  for (const std::string& name : names) good = check_account(context, *store, name) && good;
  return good ? exit_code::ok : exit_code::failed;
}

}  // namespace mailkeep::server
