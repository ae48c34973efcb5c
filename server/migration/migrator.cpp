#include "server/migration/migrator.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "protocol/imap/wire/mailbox_name.h"
#include "server/admin/open_store.h"
#include "server/admin/progress.h"
#include "server/migration/fetch_worker.h"
#include "server/migration/pop3_client.h"

namespace mailkeep::server {
namespace {

constexpr std::size_t kFlagChanges = 500;  // in one transaction

class Migration {
 public:
  Migration(std::shared_ptr<store::Account> account, const RemoteLogin& login,
            const MigrationOptions& options, const MigrationWatcher& watcher)
      : account_(std::move(account)), login_(login), options_(options), watcher_(watcher) {}

  MigrationReport run() {
    ImapClient client(login_);
    find_mailboxes(client);
    for (MailboxPlan& plan : plans_) {
      check_stop();
      make_one_plan(client, plan);
    }
    client.logout();
    std::erase_if(plans_, [](const MailboxPlan& plan) { return plan.state.uid_validity == 0; });
    report_.mailboxes = plans_.size();
    if (options_.dry_run) {
      for (const MailboxPlan& plan : plans_) count_differences(plan);
      return report_;
    }
    fetch_messages();
    check_stop();
    for (const MailboxPlan& plan : plans_) finish_mailbox(plan);
    finish_account();
    if (options_.pop3) keep_pop3_ids();
    return report_;
  }

  void prepare(ImapClient& client, std::chrono::steady_clock::time_point deadline) {
    find_mailboxes(client);
    for (MailboxPlan& plan : plans_) {
      if (std::chrono::steady_clock::now() >= deadline) return;
      adopt_one(client, plan);
    }
    std::erase_if(plans_, [](const MailboxPlan& plan) { return plan.state.uid_validity == 0; });
    for (const MailboxPlan& plan : plans_) {
      if (plan.first_time && !plan.begun) {
        expect(account_->subscribe(plan.name, plan.remote.subscribed), plan.name);
      }
    }
    finish_account();
  }

 private:
  void check_stop() const {
    if (options_.stop != nullptr && *options_.stop) throw net::NetworkError("stopped");
  }

  // What is from elsewhere stays as it is.
  bool is_from_elsewhere(const MailboxPlan& plan) {
    const auto info = account_->mailbox(plan.name);
    if (!info) return false;
    const auto origin = expect(account_->origin(info->id), plan.name);
    return !origin.source.empty() && origin.source != plan.source;
  }

  void adopt_one(ImapClient& client, MailboxPlan& plan) {
    try {
      const StatusReply status = client.status(plan.remote.wire_name);
      if (status.uid_validity == 0 || is_from_elsewhere(plan)) return;
      const auto before = account_->mailbox(plan.name);
      const auto adopted =
          expect(account_->adopt_mailbox(plan.name, plan.source, status.uid_validity), plan.name);
      plan.id = adopted.info.id;
      plan.first_time = !adopted.origin.finished;
      plan.begun = before && before->uid_next != store::Uid{1};
      plan.state.uid_validity = status.uid_validity;
    } catch (const RemoteRefusal& refusal) {
      complain(plan.name + ": " + refusal.what());
    } catch (const StoreRefusal& refusal) {
      complain(refusal.what());
    }
  }

  void complain(const std::string& text) {
    watcher_.complain(text);
    ++report_.failed;
  }

  void find_mailboxes(ImapClient& client) {
    std::set<std::string> names;
    for (ListReply& remote : client.mailboxes()) {
      if (!remote.selectable) continue;
      const auto name = local_name(remote, client.prefix());
      if (!name) {
        complain(remote.wire_name + ": no mailbox here can have this name");
        continue;
      }
      const bool excluded = std::ranges::any_of(options_.exclude, [&](const std::string& pattern) {
        return imap::matches_pattern(pattern, *name);
      });
      if (excluded) continue;
      if (!names.insert(*name).second) {
        complain(remote.wire_name + ": another mailbox has this name here");
        continue;
      }
      MailboxPlan& plan = plans_.emplace_back();
      plan.name = *name;
      plan.source = "imap:" + login_.url.user + '@' + login_.url.host + '/' + remote.wire_name;
      plan.remote = std::move(remote);
    }
    // Parents before their children, so that none is made twice; first what is looked at first.
    std::ranges::sort(plans_, {}, [](const MailboxPlan& plan) {
      return std::pair<bool, std::string_view>(plan.name != "INBOX", plan.name);
    });
  }

  // Nothing is asked of a mailbox that is as it was (RFC 7162 3.1.2.1: HIGHESTMODSEQ).
  bool is_unchanged(ImapClient& client, MailboxPlan& plan) {
    if (options_.dry_run || options_.expunge) return false;
    const auto info = account_->mailbox(plan.name);
    if (!info) return false;
    const auto origin = expect(account_->origin(info->id), plan.name);
    if (origin.source != plan.source || origin.modseq == store::Modseq{}) return false;
    if (!origin.finished || !expect(account_->missing_uids(info->id), plan.name).empty()) {
      return false;
    }
    const StatusReply status = client.status(plan.remote.wire_name);
    if (status.uid_validity != origin.uid_validity || status.modseq != origin.modseq.value ||
        status.uid_next > origin.uid_next.value) {
      return false;
    }
    plan.id = info->id;
    plan.state = {status.messages, status.uid_validity, status.uid_next, status.modseq};
    return true;
  }

  void make_one_plan(ImapClient& client, MailboxPlan& plan) {
    try {
      if (is_unchanged(client, plan)) return;
      const PlanOptions how{.compare_all = options_.dry_run || options_.expunge,
                            .adopt = !options_.dry_run};
      make_plan(client, *account_, how, plan);
      plan.messages = plan.state.messages;
      if (plan.incomplete) complain(plan.name + ": the server did not list all of its messages");
      if (!options_.dry_run) keep_missing(plan);
    } catch (const RemoteRefusal& refusal) {
      complain(plan.name + ": " + refusal.what());
      plan.state.uid_validity = 0;
    } catch (const StoreRefusal& refusal) {
      complain(refusal.what());
      plan.state.uid_validity = 0;
    }
  }

  // Before a later UID is taken, so that whatever happens, those are asked for again.
  void keep_missing(const MailboxPlan& plan) {
    if (!plan.untold.empty() || !plan.settled.empty()) {
      const store::MissingUids more{.told = {}, .untold = plan.untold};
      expect(account_->change_missing(plan.id, more, plan.settled), plan.name);
    }
    if (plan.lost.empty()) return;
    report_.vanished += plan.lost.size();
    watcher_.complain(
        fmt::format("{}: {} messages that could not be fetched before are not there any more",
                    plan.name, plan.lost.size()));
  }

  void count_differences(const MailboxPlan& plan) {
    report_.messages += plan.missing.size();
    report_.bytes += plan.missing_bytes();
    report_.changed += plan.changed.size();
    report_.gone += plan.gone.size();
    report_.other_sizes += plan.other_sizes;
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view what) {
      if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
    };
    add(plan.missing.size(), "to fetch (" + readable_bytes(plan.missing_bytes()) + ")");
    add(plan.changed.size(), "with other flags");
    add(plan.gone.size(), "gone there");
    add(plan.other_sizes, "with another size");
    if (plan.id == store::MailboxId{}) text += text.empty() ? "to be made" : ", to be made";
    watcher_.say(plan.name + ": " + (text.empty() ? "the same" : text));
  }

  void fetch_messages() {
    std::uint64_t total = 0;
    for (const MailboxPlan& plan : plans_) total += plan.missing_bytes();
    const bool any =
        std::ranges::any_of(plans_, [](const MailboxPlan& plan) { return !plan.missing.empty(); });
    if (!any) return;
    FetchWorkers workers(*account_, login_, plans_, std::max(1U, options_.connections),
                         options_.max_message_bytes);
    for (bool running = true; running;) {
      check_stop();
      running = workers.wait();
      for (const std::string& text : workers.complaints()) watcher_.complain(text);
      watcher_.progress(workers.bytes(), total, workers.messages());
    }
    report_.messages = workers.messages();
    report_.bytes = workers.bytes();
    report_.vanished += workers.vanished();
    report_.other_sizes = workers.other_sizes();
    report_.failed += workers.failed();
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      if (workers.has_failed(i)) failed_.insert(plans_[i].name);
    }
    report_.interrupted = failed_.size();
  }

  void finish_mailbox(const MailboxPlan& plan) {
    if (!options_.only_missing) change_flags(plan);
    if (options_.expunge && !plan.gone.empty()) {
      report_.gone += expect(account_->expunge(plan.id, plan.gone), plan.name).size();
    } else {
      report_.gone += plan.gone.size();
    }
    if (plan.first_time && !(options_.only_missing && plan.begun)) {
      expect(account_->subscribe(plan.name, plan.remote.subscribed), plan.name);
    }
    if (failed_.contains(plan.name) || plan.incomplete) return;
    std::uint32_t next = plan.state.uid_next;
    for (const MissingMessage& message : plan.missing) next = std::max(next, message.uid + 1);
    expect(account_->advance_origin(plan.id, store::Uid{next}, store::Modseq{plan.state.modseq}),
           plan.name);
  }

  void change_flags(const MailboxPlan& plan) {
    const auto info = expect(account_->mailbox(plan.id), plan.name);
    KeywordLimit limit(*info.keywords);
    std::vector<store::FlagChange> changes;
    const auto write = [&] {
      for (const auto& result : account_->change_flags(plan.id, changes)) {
        if (result) {
          ++report_.changed;
        } else {
          complain(plan.name + ": " + std::string(store::describe(result.error())));
        }
      }
      changes.clear();
    };
    for (const auto& [uid, remote_flags] : plan.changed) {
      store::FlagChange& change = changes.emplace_back();
      change.uids.add(uid);
      change.operation = store::FlagOperation::replace;
      change.flags = remote_flags;
      limit.apply(change.flags);
      if (changes.size() >= kFlagChanges) write();
    }
    if (!changes.empty()) write();
  }

  // Whether a mailbox is not there, nobody used it, and it came with the account or was made for
  // those below it: clients would see it as new. One with others below it becomes \NoSelect.
  bool is_superfluous(const store::MailboxInfo& info) const {
    if (info.name == "INBOX" || !info.selectable || info.uid_next != store::Uid{1}) return false;
    if (info.special_use == store::SpecialUse::none && !info.has_children) return false;
    return std::ranges::find(plans_, info.name, &MailboxPlan::name) == plans_.end();
  }

  // Special uses as they are there, and no mailboxes that are not.
  void finish_account() {
    const bool first_time = std::ranges::any_of(plans_, &MailboxPlan::first_time);
    if (!first_time || !failed_.empty()) return;
    std::map<store::SpecialUse, std::string> uses;
    for (const MailboxPlan& plan : plans_) {
      const bool is_new = plan.first_time && !(options_.only_missing && plan.begun);
      if (is_new && plan.remote.special_use != store::SpecialUse::none) {
        uses.emplace(plan.remote.special_use, plan.name);
      }
    }
    for (const store::MailboxInfo& info : expect(account_->mailboxes(), account_->name())) {
      const auto use = uses.find(info.special_use);
      if (use != uses.end() && use->second != info.name) {
        expect(account_->set_special_use(info.name, store::SpecialUse::none), info.name);
      }
      if (!is_superfluous(info)) continue;
      expect(account_->delete_mailbox(info.name), info.name);
      expect(account_->subscribe(info.name, false), info.name);
    }
    for (const auto& [use, name] : uses) expect(account_->set_special_use(name, use), name);
    std::vector<store::MailboxId> finished;
    for (const MailboxPlan& plan : plans_) {
      if (plan.first_time) finished.push_back(plan.id);
    }
    expect(account_->finish_origins(finished), account_->name());
  }

  // The messages of the maildrop are those of INBOX in their order, as far as their sizes agree.
  void keep_pop3_ids() {
    RemoteLogin login = login_;
    login.url = *options_.pop3;
    if (login.url.user.empty()) login.url.user = login_.url.user;
    const std::vector<Pop3Message> messages = fetch_pop3_ids(login);
    const auto inbox = expect(account_->mailbox("INBOX"), "INBOX");
    const auto origin = expect(account_->origin(inbox.id), "INBOX");
    // Only those that came from there.
    std::vector<store::Uid> uids;
    std::vector<std::uint64_t> sizes;
    std::set<store::Uid> moved;
    for (const auto& [there, here] : expect(account_->moved_uids(inbox.id), "INBOX")) {
      moved.insert(here);
    }
    const bool keeps_uids = inbox.uid_validity == origin.uid_validity;
    const store::UidSet all(store::UidSet::Range{1, 0xffffffffU});
    const auto cursor = expect(account_->messages(inbox.id, all, store::Detail::row), "INBOX");
    while (cursor->next()) {
      const store::Uid uid = cursor->row().uid;
      if (!moved.contains(uid) && !(keeps_uids && origin.keeps(uid))) continue;
      uids.push_back(uid);
      sizes.push_back(cursor->row().size);
    }
    std::vector<std::pair<store::Uid, std::string>> ids;
    std::size_t place = 0;
    for (const Pop3Message& message : messages) {
      // A message here that is not there any more is passed over.
      const auto found =
          std::find(sizes.begin() + static_cast<std::ptrdiff_t>(place), sizes.end(), message.size);
      if (found == sizes.end()) continue;
      place = static_cast<std::size_t>(found - sizes.begin());
      ids.emplace_back(uids[place++], message.id);
    }
    report_.pop3_ids = expect(account_->set_pop3_ids(inbox.id, ids), "INBOX");
    if (ids.size() != messages.size()) {
      // Where the account is in use, some have gone elsewhere.
      if (!options_.only_missing) ++report_.failed;
      watcher_.complain(
          fmt::format("{} messages of the maildrop are not in INBOX, so that their unique "
                      "ids are not kept",
                      messages.size() - ids.size()));
    }
  }

  const std::shared_ptr<store::Account> account_;
  const RemoteLogin& login_;
  const MigrationOptions& options_;
  const MigrationWatcher& watcher_;
  std::vector<MailboxPlan> plans_;
  std::set<std::string> failed_;  // mailboxes of which not all came
  MigrationReport report_;
};

}  // namespace

MigrationReport migrate(const std::shared_ptr<store::Account>& account, const RemoteLogin& login,
                        const MigrationOptions& options, const MigrationWatcher& watcher) {
  return Migration(account, login, options, watcher).run();
}

void prepare_account(const std::shared_ptr<store::Account>& account, ImapClient& client,
                     const RemoteLogin& login, std::chrono::steady_clock::time_point deadline,
                     const MigrationWatcher& watcher) {
  MigrationOptions options;
  options.only_missing = true;
  Migration(account, login, options, watcher).prepare(client, deadline);
}

}  // namespace mailkeep::server
