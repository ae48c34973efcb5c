// What an account remembers of its mailboxes without reading its file: the newest mod-sequences,
// who watches, marks of \Recent that are not written yet, and values that sessions share.
//
// Thread-safe. Small, as it lives as long as any session of the account.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/account.h"
#include "store/write_queue.h"

namespace mailkeep::store {

using SharedKeywords = std::shared_ptr<const std::vector<std::string>>;

class MailboxStates : public std::enable_shared_from_this<MailboxStates> {
 public:
  // --- mod-sequences ---
  Modseq latest(MailboxId mailbox) const;
  // A read found this mod-sequence. Calls those who watch where it is news, which it is when
  // another process wrote.
  void learn(MailboxId mailbox, Modseq modseq);
  // Commits: learns, forgets mailboxes that are gone, and calls those who watch.
  // Who watches the account is told of `events` after what happened to messages.
  void announce(std::span<const TouchedMailbox> touched, std::span<const MailboxEvent> events);
  Watch watch(MailboxId mailbox, std::function<void()> changed);
  Watch watch_account(std::function<void(const MailboxEvent&)> happened);
  // The mailboxes somebody watches.
  std::vector<MailboxId> watched() const;
  bool has_watchers() const;

  // --- \Recent ---
  // The first UID not yet told of, given the mark that the file has; moves the mark to `next`.
  Uid claim_recent(MailboxId mailbox, Uid in_file, Uid next);
  // The mark, as the file has it or newer.
  Uid first_recent(MailboxId mailbox, Uid in_file) const;
  // Marks that are newer than the file's. They stay marked as such until settle_recent.
  std::vector<std::pair<MailboxId, Uid>> unwritten_recent() const;
  void settle_recent(std::span<const std::pair<MailboxId, Uid>> written);

  // --- shared values ---
  // The names kept under this count, or null. Keywords are only ever added, so that a count names
  // one list.
  SharedKeywords keywords(MailboxId mailbox, std::uint32_t count) const;
  void keep_keywords(MailboxId mailbox, SharedKeywords names);
  // The newest map of UIDs that a session still holds, and the state that it is of.
  struct KnownUids {
    SharedUidMap uids;
    Modseq modseq;
    std::uint64_t uid_next = 1;
  };
  KnownUids uids(MailboxId mailbox) const;
  void keep_uids(MailboxId mailbox, const KnownUids& known);

 private:
  struct Watcher {
    std::mutex mutex;  // held while one of these runs, and to take it away
    std::function<void()> changed;
    std::function<void(const MailboxEvent&)> happened;
  };
  using Watchers = std::vector<std::shared_ptr<Watcher>>;
  class Registration;
  struct State {
    Modseq modseq{0};
    Uid recent{0};
    bool recent_written = true;
    SharedKeywords keywords;
    std::weak_ptr<const UidMap> uids;
    Modseq uids_modseq{0};
    std::uint64_t uids_next = 1;
    Watchers watchers;
  };
  static void call(Watchers watchers);
  void tell(std::span<const TouchedMailbox> touched, std::span<const MailboxEvent> events);
  void unregister(MailboxId mailbox, const std::shared_ptr<Watcher>& watcher);

  mutable std::mutex mutex_;
  std::size_t watchers_ = 0;
  Watchers account_watchers_;
  std::unordered_map<std::int64_t, State> states_;
};

}  // namespace mailkeep::store
