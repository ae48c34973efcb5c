#include "server/admin/commands.h"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>

#include "server/admin/address_commands.h"
#include "server/admin/arguments.h"
#include "server/admin/auth_commands.h"
#include "server/admin/deliver_command.h"
#include "server/admin/export_command.h"
#include "server/admin/import_command.h"
#include "server/admin/mailbox_commands.h"
#include "server/admin/message_commands.h"
#include "server/admin/migrate_command.h"
#include "server/admin/retention_commands.h"
#include "server/admin/user_commands.h"
#include "server/exit_code.h"

namespace mailkeep::server {
namespace {

struct AdminCommand {
  std::string_view name;
  std::string_view action;  // the word after it; empty: none
  int (*run)(const AdminContext& context, const std::vector<std::string>& words);
  std::string_view usage;
  std::string_view text;
};

constexpr std::array<AdminCommand, 30> kAdminCommands{{
    {"user", "add", user_add, "NAME... [--password-stdin | --generate | --no-password]",
     "Adds accounts. The password is asked for, read as one line for all names\n"
     "(--password-stdin), or made up and printed (--generate). Accounts without one can be\n"
     "logged in to by what other sources know, tokens and certificates."},
    {"user", "remove", user_remove, "NAME...", "Removes accounts and all their mail."},
    {"user", "passwd", user_passwd, "NAME... [--password-stdin | --generate]",
     "Sets the passwords of accounts. Works at once, also for a running server."},
    {"user", "quota", user_quota,
     "NAME [--storage SIZE | none] [--messages NUMBER | none] [--mailboxes NUMBER | none]",
     "Sets limits of an account and tells what it uses: octets of mail, messages and\n"
     "mailboxes. \"none\" takes a limit away."},
    {"user", "set", user_set, "NAME... --disable-capability LIST",
     "Turns IMAP capabilities off for accounts: names with commas between, or none."},
    {"user", "list", user_list, "", "Lists the accounts."},
    {"user", "suspend", user_suspend, "NAME...",
     "Keeps accounts from being logged in to and from getting mail, and ends their sessions."},
    {"user", "resume", user_resume, "NAME...", "Ends that."},
    {"user", "app-password", user_app_password,
     "add ACCOUNT NAME [--expires DURATION | never] [--protocols LIST] |\n"
     "    remove ACCOUNT NAME | list ACCOUNT",
     "Passwords for single programs, made up and printed once. LIST has imap, pop3, smtp,\n"
     "lmtp or sieve with commas between; without it, the password is good for all."},
    {"user", "apop", user_apop, "NAME [--password-stdin | --generate | --none]",
     "Sets the secret of an account for POP3's APOP. It is kept as it is."},
    {"auth", "blocked", auth_blocked, "",
     "Lists who has failed to log in too often, and until when they may not try."},
    {"auth", "unblock", auth_unblock, "ADDRESS | NETWORK | ACCOUNT...",
     "Forgets failed log-ins from an address or a network, or to an account."},
    {"auth", "log", auth_log, "ACCOUNT",
     "Lists the last 200 log-ins of an account and attempts at them, the newest first."},
    {"mailbox", "list", mailbox_list, "ACCOUNT",
     "Lists an account's mailboxes with messages, unread messages and octets."},
    {"domain", "add", domain_add, "DOMAIN...",
     "Adds domains of this server. Mail for others is refused as soon as there is one."},
    {"domain", "remove", domain_remove, "DOMAIN...", "Removes domains."},
    {"domain", "list", domain_list, "", "Lists the domains."},
    {"alias", "add", alias_add, "ADDRESS TARGET...",
     "Sends mail for ADDRESS to accounts or other addresses. ADDRESS is ann@example.org,\n"
     "ann (in every domain) or @example.org (all that is nobody's there)."},
    {"alias", "remove", alias_remove, "ADDRESS [TARGET...]",
     "Removes an alias, or some of what it leads to."},
    {"alias", "list", alias_list, "", "Lists the aliases, one target a line."},
    {"mailbox", "expire", mailbox_expire, "ACCOUNT MAILBOX [AGE | none | default]",
     "Sets how long messages stay in a mailbox (30d, 12h, 4w), or tells it. \"default\" is\n"
     "what the settings say for trash and junk."},
    {"undelete", "list", undelete_list, "ACCOUNT [--mailbox NAME]",
     "Lists expunged messages and deleted mailboxes that can be restored; with a name each\n"
     "message, with its number."},
    {"undelete", "restore", undelete_restore,
     "ACCOUNT --mailbox NAME | --all [--since AGE] [--messages NUMBER,...] [--to MAILBOX]",
     "Restores them into the mailbox they were in, or another one: all, those that were\n"
     "removed since 2h or 3d ago, or those with these numbers."},
    {"import", "", import_mail,
     "ACCOUNT PATH... [--mailbox NAME] [--pop3-uidl FORMAT] [--verbatim]",
     "Imports mbox files, Maildirs (with folders, UIDs, flags, keywords, dates and\n"
     "subscriptions, as Dovecot and Courier keep them), directories of .eml files and\n"
     "single messages into INBOX, or into NAME. What was imported from the same place\n"
     "before is left out. FORMAT is how the server made the unique ids of POP3: dovecot,\n"
     "courier, cyrus, or a text with %u, %v and %f. Lines that end in LF only get CRLF, as\n"
     "mail has it, unless --verbatim is given."},
    {"migrate", "", migrate_mail,
     "ACCOUNT --from imaps://[USER[;AUTH=MECHANISM]@]HOST[:PORT] --password-stdin\n"
     "  [--master USER] [--connections NUMBER] [--pop3 pop3s://HOST[:PORT]] [--exclude PATTERN]\n"
     "  [--expunge] [--dry-run] [--insecure] [--timeout SECONDS]",
     "Fetches the mail of an account of another IMAP server: mailboxes with UIDs, flags,\n"
     "keywords, dates and subscriptions. A later run fetches what is new and what changed.\n"
     "--dry-run compares only; --expunge removes here what is gone there; --pop3 keeps the\n"
     "unique ids of POP3; --insecure takes any certificate, or none."},
    {"export", "", export_mail, "ACCOUNT --to PATH [--mailbox NAME] [--verbatim]",
     "Exports all mailboxes, or one, to a new Maildir (with UIDs, keywords and\n"
     "subscriptions as Dovecot keeps them), or one mailbox to a new mbox file if PATH ends\n"
     "in .mbox."},
    {"message", "explain", message_explain, "FILE | ACCOUNT MAILBOX UID [--json]",
     "Draws the parts of a message with types and sizes, and says what is wrong with it,\n"
     "where, and what is done about it."},
    {"message", "defects", message_defects, "ACCOUNT [--json]",
     "Lists the messages of an account that are not as they should be."},
    {"deliver", "", deliver_mail, "RECIPIENT... [--from SENDER] [--verbatim]",
     "Delivers one message from standard input. The exit status is one of sysexits(3): 67\n"
     "for an unknown recipient, 73 where an account does not take the message, 75 where it\n"
     "should be tried again. LF becomes CRLF unless --verbatim is given."},
    {"store", "check", store_check, "ACCOUNT... | --all",
     "Checks counts, content and indexes of accounts."},
}};

void print_usage(std::ostream& out, const AdminCommand& command) {
  out << "Usage: mailkeep " << command.name;
  if (!command.action.empty()) out << ' ' << command.action;
  if (!command.usage.empty()) out << ' ' << command.usage;
  out << '\n' << command.text << '\n';
}

}  // namespace

int run_admin_command(const AdminContext& context, const std::string& name,
                      const std::vector<std::string>& args) {
  const std::string action = args.empty() ? std::string() : args.front();
  const auto* const command =
      std::find_if(kAdminCommands.begin(), kAdminCommands.end(), [&](const AdminCommand& each) {
        return each.name == name && (each.action.empty() || each.action == action);
      });
  if (command == kAdminCommands.end()) {
    if (!print_admin_usage(context.err, {name})) {
      context.err << "mailkeep: unknown command \"" << name << "\"\n";
    }
    return exit_code::usage;
  }
  const std::ptrdiff_t own_words = command->action.empty() ? 0 : 1;
  try {
    return command->run(context, {args.begin() + own_words, args.end()});
  } catch (const AdminUsageError& error) {
    context.err << "mailkeep: " << error.what() << '\n';
    print_usage(context.err, *command);
    return exit_code::usage;
  } catch (const std::exception& error) {
    context.err << "mailkeep: " << error.what() << '\n';
    return exit_code::failed;
  }
}

bool print_admin_usage(std::ostream& out, const std::vector<std::string>& words) {
  if (words.empty()) return false;
  bool known = false;
  for (const AdminCommand& command : kAdminCommands) {
    if (command.name != words[0]) continue;
    if (!command.action.empty() && words.size() > 1 && command.action != words[1]) continue;
    if (known) out << '\n';
    print_usage(out, command);
    known = true;
  }
  return known;
}

}  // namespace mailkeep::server
