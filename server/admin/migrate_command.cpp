#include "server/admin/migrate_command.h"

#include <charconv>
#include <chrono>
#include <istream>

#include <fmt/format.h>
#include <sys/resource.h>

#include "server/admin/arguments.h"
#include "server/admin/open_store.h"
#include "server/admin/progress.h"
#include "server/exit_code.h"
#include "server/migration/account_filler.h"
#include "server/migration/migrator.h"

namespace mailkeep::server {
namespace {

using Clock = Progress::Clock;

constexpr unsigned kMaxConnections = 32;

unsigned number_option(const Arguments& arguments, std::string_view name, unsigned fallback,
                       unsigned most) {
  const auto text = arguments.value(name);
  if (!text) return fallback;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < 1 || value > most) {
    throw AdminUsageError(fmt::format("{}: a number from 1 to {}", name, most));
  }
  return value;
}

RemoteUrl url_option(const Arguments& arguments, std::string_view name, bool imap) {
  const auto text = arguments.value(name);
  if (!text) throw AdminUsageError("missing " + std::string(name) + " URL");
  auto url = parse_remote_url(*text);
  if (!url) throw AdminUsageError(std::string(name) + ": the URL " + url.error());
  if (url->is_imap() != imap) {
    throw AdminUsageError(std::string(name) + (imap ? ": not IMAP" : ": not POP3"));
  }
  return *std::move(url);
}

RemoteLogin login_of(const AdminContext& context, const Arguments& arguments) {
  RemoteLogin login;
  login.url = url_option(arguments, "--from", true);
  if (login.url.user.empty()) login.url.user = arguments.plain().front();
  login.master = arguments.value("--master").value_or("");
  login.check_certificate = !arguments.has("--insecure");
  login.timeout = std::chrono::seconds(number_option(arguments, "--timeout", 60, 3600));
  if (!arguments.has("--password-stdin")) throw AdminUsageError("missing --password-stdin");
  if (!std::getline(context.in, login.password) || login.password.empty()) {
    throw AdminUsageError("no password on standard input");
  }
  return login;
}

// Each message that waits for its commit may have a file.
void allow_all_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string summary(const MigrationReport& report, bool dry_run, bool expunge,
                    Clock::duration time) {
  const double seconds = std::chrono::duration<double>(time).count();
  std::string text = fmt::format("{} {} messages ({}) of {} mailboxes in {:.1f} s",
                                 dry_run ? "Would fetch" : "Fetched", report.messages,
                                 readable_bytes(report.bytes), report.mailboxes, seconds);
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("; {} {}", count, what);
  };
  add(report.changed, dry_run ? "have other flags" : "got other flags");
  if (expunge && !dry_run) {
    add(report.gone, "were removed");
  } else {
    add(report.gone, "are not there any more (--expunge removes them here)");
  }
  add(report.vanished, "were gone before they could be fetched");
  add(report.other_sizes, dry_run ? "have another size" : "are not as long as the server said");
  add(report.pop3_ids, "unique ids of POP3 were kept");
  add(report.failed, "could not be taken");
  return text;
}

}  // namespace

int migrate_mail(const AdminContext& context, const std::vector<std::string>& words) {
  const Arguments arguments(
      words, {"--password-stdin", "--dry-run", "--expunge", "--insecure"},
      {"--from", "--master", "--connections", "--exclude", "--pop3", "--timeout"});
  arguments.expect_plain(1, 1, "account name");
  const RemoteLogin login = login_of(context, arguments);
  MigrationOptions options;
  options.dry_run = arguments.has("--dry-run");
  options.expunge = arguments.has("--expunge");
  options.connections = number_option(arguments, "--connections", 2, kMaxConnections);
  options.max_message_bytes = context.config.max_message_bytes != 0
                                  ? context.config.max_message_bytes
                                  : store::StoreOptions().max_message_bytes;
  if (const auto pattern = arguments.value("--exclude")) options.exclude.push_back(*pattern);
  if (arguments.value("--pop3")) options.pop3 = url_option(arguments, "--pop3", false);
  allow_all_descriptors();
  const auto store = open_store(context.config, MissingStore::refuse);
  const auto account = open_account(*store, arguments.plain().front());
  const auto start = Clock::now();
  MigrationReport report;
  {
    Progress progress(context.err, is_terminal(context.err), "Fetched", 0, start);
    const MigrationWatcher watcher{
        .complain = [&](std::string_view text) { progress.say("mailkeep: " + std::string(text)); },
        .say = [&](std::string_view text) { context.out << text << '\n'; },
        .progress =
            [&](std::uint64_t bytes, std::uint64_t total, std::uint64_t messages) {
              progress.set_total(total);
              progress.update(bytes, messages, Clock::now());
            }};
    report = migrate(account, login, options, watcher);
  }
  context.out << summary(report, options.dry_run, options.expunge, Clock::now() - start) << '\n';
  const std::string name = account->name();
  const auto old_server = parse_remote_url(context.config.migrate_from);
  const bool same_server = old_server && old_server->host == login.url.host;
  const bool complete =
      same_server && report.failed == 0 && !options.dry_run && options.exclude.empty();
  if (complete && store->setting(name, kFilling).value_or("") == kFillingBegun) {
    expect(store->set_setting(name, kFilling, kFillingDone), name);
  }
  return report.failed == 0 ? exit_code::ok : exit_code::failed;
}

}  // namespace mailkeep::server
