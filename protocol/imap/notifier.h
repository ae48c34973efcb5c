// What a session with NOTIFY is told unasked (RFC 5465). It watches whole accounts and remembers
// only what has happened since it was told last, so that a thousand quiet mailboxes cost nothing.
//
// Belongs to one session and is used by one thread at a time; events come from the threads that
// commit.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/imap/commands/notify.h"
#include "protocol/imap/enabled.h"
#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/mailbox_view.h"
#include "protocol/imap/wire/encoder.h"
#include "store/mailbox_event.h"

namespace mailkeep::imap {

// The mailbox that the session tells of itself; zeros: none.
struct SelectedMailbox {
  store::AccountId account{};
  store::MailboxId mailbox{};
  static SelectedMailbox of(const MailboxView* view);
  friend bool operator==(const SelectedMailbox&, const SelectedMailbox&) = default;
};

// What a notifier needs to know of its session.
struct NotifierContext {
  store::Origin origin;           // whose changes are not told (RFC 5465 5)
  const CapabilitySet& disabled;  // must outlive the notifier
  std::function<void()> wake;     // called from any thread
};

class Notifier {
 public:
  static constexpr std::size_t kMaxPending = 1'000;  // events that are not told yet, then overflow

  // `mailboxes` and `enabled` must outlive it.
  Notifier(std::shared_ptr<const NotifyRequest> request, const MailboxAccess& mailboxes,
           const Enabled& enabled, NotifierContext context);
  ~Notifier();

  const NotifyRequest& request() const { return *request_; }

  // Begins to watch. Blocking. Appends a LIST response with \NoAccess of each mailbox that was
  // asked for and may be looked up only, and with `status` a STATUS response of each whose messages
  // are watched, except the selected one (RFC 5465 3.1).
  store::StoreResult<void> begin(bool status, SelectedMailbox selected, bool utf8,
                                 std::string& out);

  // Whether something waits to be told; no I/O.
  bool has_news() const;

  // Appends what has happened outside of the selected mailbox. Blocking. False: too much happened;
  // the client was told so if it used NOTIFY, which has ended (RFC 5465 5.8).
  bool tell(SelectedMailbox selected, bool utf8, std::string& out);

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
  using Place = std::pair<std::size_t, store::MailboxId>;  // in which of watched_
  // What the user may do with somebody else's mailbox; refused: nothing, as the client was told.
  enum class Reach : std::uint8_t { none, refused, look_up, read };
  static Reach reach_of(Rights rights);

  // The place of the mailbox's account in watched_, where it is from then on.
  std::size_t watch_of(const ReachedMailbox& mailbox);
  NotifyEvents wanted(const ReachedMailbox& mailbox) const;
  NotifyEvents wanted_by_name(std::string_view name, bool own, bool subscribed,
                              bool selectable) const;
  // The same without what the client did not ask for by NOTIFY.
  NotifyEvents asked_for(const ReachedMailbox& mailbox) const;
  void begin_with(const ReachedMailbox& mailbox, Encoder& out);
  void tell_first_share(const std::string& owner, Encoder& out);
  void tell(const Event& event, SelectedMailbox selected, Encoder& out);
  void tell_messages(const Event& event, const std::string& name, Encoder& out);
  void tell_name(const Event& event, const std::string& name, Encoder& out);
  void tell_access(const Event& event, const std::string& name, Encoder& out);
  Reach reach_before(const Event& event) const;
  // What was noted before; notes what is now.
  Reach note_reach(const Event& event, Reach now);
  bool is_subscribed(const std::string& name) const;
  void tell_annotations(const Event& event, const std::string& name, Encoder& out);
  void write_list(const std::string& name, std::string_view old_name, Encoder& out,
                  bool no_access = false) const;

  std::shared_ptr<const NotifyRequest> request_;
  const MailboxAccess& mailboxes_;
  const Enabled& enabled_;
  const store::Origin origin_;
  const CapabilitySet& disabled_;
  std::shared_ptr<Inbox> inbox_;
  std::vector<Watched> watched_;
  // Mailboxes of others; those that are not there are out of reach. Who could not look one up is
  // not told that it came, went or changed its name.
  std::map<Place, Reach> reached_;
  store::Watch shares_watch_;
};

}  // namespace mailkeep::imap
