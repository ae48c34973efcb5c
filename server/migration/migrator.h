// Takes the mail of an account of another server over IMAP: its mailboxes with UIDVALIDITY, UIDs,
// flags, keywords, dates, subscriptions and special uses. What was taken before is not taken again;
// flags that changed there change here. Several connections fetch; the messages of each mailbox are
// committed in the order of their UIDs, so that it can be stopped at any moment and goes on there.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/migration/imap_client.h"
#include "server/migration/mailbox_plan.h"
#include "store/account.h"

namespace mailkeep::server {

struct MigrationOptions {
  bool dry_run = false;  // compare, and change nothing
  bool expunge = false;  // messages that are gone there go here, too
  unsigned connections = 2;
  std::uint64_t max_message_bytes = 0;
  std::vector<std::string> exclude;  // patterns of names here, as LIST has them
  std::optional<RemoteUrl> pop3;     // where POP3 clients got their unique ids
  // What was taken before stays as it is here, with its flags: it is used by now.
  bool only_missing = false;
  const std::atomic<bool>* stop = nullptr;  // set: it ends soon, as a failure
};

struct MigrationReport {
  std::uint64_t mailboxes = 0;
  std::uint64_t messages = 0;  // taken, or to be taken
  std::uint64_t bytes = 0;
  std::uint64_t changed = 0;   // flags
  std::uint64_t gone = 0;      // here, but not there any more
  std::uint64_t vanished = 0;  // there, while they were to be fetched
  std::uint64_t other_sizes = 0;
  std::uint64_t pop3_ids = 0;
  std::uint64_t failed = 0;       // messages and mailboxes, each with a complaint
  std::uint64_t interrupted = 0;  // mailboxes of which a connection or the store gave no more
};

// What is told while it runs; on the thread that called migrate().
struct MigrationWatcher {
  std::function<void(std::string_view)> complain;
  std::function<void(std::string_view)> say;  // of a dry run: what differs
  // Octets that were fetched, of so many, and messages.
  std::function<void(std::uint64_t bytes, std::uint64_t total, std::uint64_t messages)> progress;
};

// Throws where the server cannot be used at all, or the store fails.
MigrationReport migrate(const std::shared_ptr<store::Account>& account, const RemoteLogin& login,
                        const MigrationOptions& options, const MigrationWatcher& watcher);

// What migrate() does before it fetches, for an account that is to be used at once: its mailboxes
// are made, with UIDVALIDITYs, subscriptions and special uses, so that no client learns others. At
// the deadline the rest is left to migrate(). `client` has logged in as `login` has it.
void prepare_account(const std::shared_ptr<store::Account>& account, ImapClient& client,
                     const RemoteLogin& login, std::chrono::steady_clock::time_point deadline,
                     const MigrationWatcher& watcher);

}  // namespace mailkeep::server
