// What a session with NOTIFY is told unasked (RFC 5465). It watches whole accounts and remembers
// only what has happened since it was told last, so that a thousand quiet mailboxes cost nothing.
//
// Belongs to one session and is used by one thread at a time; events come from the threads that
// commit.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/imap/commands/notify.h"
#include "protocol/imap/enabled.h"
#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/wire/encoder.h"
#include "store/mailbox_event.h"

namespace mailkeep::imap {

class Notifier {
 public:
  static constexpr std::size_t kMaxPending = 1'000;  // events that are not told yet, then overflow

  // All but `request` and `wake` must outlive it. `wake` is called from any thread.
  Notifier(std::shared_ptr<const NotifyRequest> request, const MailboxAccess& mailboxes,
           const Enabled& enabled, std::function<void()> wake);
  ~Notifier();

  const NotifyRequest& request() const { return *request_; }

  // Begins to watch. Blocking. `status`: appends a STATUS response of each mailbox whose messages
  // are watched, except the selected one (RFC 5465 3.1).
  store::StoreResult<void> begin(bool status, store::MailboxId selected, bool utf8,
                                 std::string& out);

  // Whether something waits to be told; no I/O.
  bool has_news() const;

  // Appends what has happened outside of the selected mailbox. Blocking. False: too much happened;
  // the client was told so, and this is of no use any more (RFC 5465 5.8).
  bool tell(store::MailboxId selected, bool utf8, std::string& out);

 private:
  struct Inbox;  // what the watches fill
  struct Watched {
    std::shared_ptr<store::Account> account;
    std::string prefix;  // of its names, as this user says them
    store::Watch watch;
  };
  struct Event {
    std::size_t account;  // of watched_
    store::MailboxEvent event;
  };

  void watch(const std::shared_ptr<store::Account>& account, std::string prefix);
  NotifyEvents wanted(const ReachedMailbox& mailbox) const;
  NotifyEvents wanted_by_name(std::string_view name, bool own, bool subscribed,
                              bool selectable) const;
  void tell(const Event& event, store::MailboxId selected, Encoder& out);
  void tell_messages(const Event& event, const std::string& name, Encoder& out);
  void tell_name(const Event& event, const std::string& name, Encoder& out);
  void tell_annotations(const Event& event, const std::string& name, Encoder& out);
  void write_list(const std::string& name, std::string_view old_name, Encoder& out) const;

  std::shared_ptr<const NotifyRequest> request_;
  const MailboxAccess& mailboxes_;
  const Enabled& enabled_;
  std::shared_ptr<Inbox> inbox_;
  std::vector<Watched> watched_;
};

}  // namespace mailkeep::imap
