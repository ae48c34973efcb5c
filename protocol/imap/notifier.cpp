#include "protocol/imap/notifier.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "protocol/imap/commands/listing.h"
#include "protocol/imap/commands/status.h"
#include "store/mailbox_name.h"

namespace mailkeep::imap {
namespace {

using Kind = store::MailboxEvent::Kind;

constexpr Rights kNeeded = right::lookup | right::read;  // RFC 5465 5

std::string_view parent_of(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

// What is asked for of a mailbox, whatever the user may do there.
NotifyEvents events_of(const NotifyRequest& request, std::string_view name, bool own,
                       bool subscribed, bool selectable) {
  NotifyEvents events;
  for (const NotifyGroup& group : request.groups) {
    bool matches = false;
    switch (group.filter) {
      case NotifyFilter::all:
        matches = true;
        break;
      case NotifyFilter::personal:
        matches = own && selectable;
        break;
      case NotifyFilter::subscribed:
        matches = subscribed;
        break;
      case NotifyFilter::subtree:
        matches = std::ranges::any_of(group.names, [&](const std::string& top) {
          return name == top || store::is_below(name, top);
        });
        break;
      case NotifyFilter::mailboxes:
        matches = std::ranges::find(group.names, name) != group.names.end();
        break;
    }
    if (matches) events |= group.events;
  }
  return events;
}

}  // namespace

// Shared with the watches, which may outlive the notifier for a moment.
struct Notifier::Inbox {
  // Of mailboxes other than the selected one, what the client was told last.
  struct Told {
    store::Uid uid_next;
    std::uint32_t messages = 0;
  };

  std::mutex mutex;
  std::vector<Event> events;      // in order
  std::set<Place> busy;           // whose messages are among them
  std::set<std::string> sharers;  // who opened a mailbox to the user
  bool overflow = false;
  std::function<void()> wake;

  std::map<Place, Told> told;  // the session's thread only

  bool has_room() {
    if (events.size() + sharers.size() < kMaxPending) return true;
    overflow = true;
    events = {};
    busy = {};
    sharers = {};
    return false;
  }

  void add(std::size_t account, const store::MailboxEvent& event) {
    {
      const std::lock_guard lock(mutex);
      if (overflow) return;
      if (event.kind == Kind::messages && !busy.emplace(account, event.mailbox).second) return;
      if (has_room()) events.push_back({account, event});
    }
    wake();
  }

  void add_sharer(const std::string& owner) {
    {
      const std::lock_guard lock(mutex);
      if (overflow) return;
      if (has_room()) sharers.insert(owner);
    }
    wake();
  }
};

SelectedMailbox SelectedMailbox::of(const MailboxView* view) {
  if (view == nullptr) return {};
  return {view->account().id(), view->id()};
}

Notifier::Notifier(std::shared_ptr<const NotifyRequest> request, const MailboxAccess& mailboxes,
                   const Enabled& enabled, NotifierContext context)
    : request_(std::move(request)),
      mailboxes_(mailboxes),
      enabled_(enabled),
      origin_(context.origin),
      disabled_(context.disabled),
      inbox_(std::make_shared<Inbox>()) {
  inbox_->wake = std::move(context.wake);
}

Notifier::~Notifier() = default;

std::size_t Notifier::watch_of(const ReachedMailbox& mailbox) {
  const auto known = std::ranges::find_if(watched_, [&](const Watched& watched) {
    return watched.account->id() == mailbox.account->id();
  });
  const auto index = static_cast<std::size_t>(known - watched_.begin());
  if (known != watched_.end()) return index;
  std::string prefix = mailbox.name;
  prefix.resize(prefix.size() - std::min(prefix.size(), mailbox.info.name.size()));
  Watched watched{mailbox.account, std::move(prefix), {}};
  watched.watch = mailbox.account->watch_account(
      [inbox = inbox_, index, own = origin_](const store::MailboxEvent& event) {
        if (event.origin == store::kNoOrigin || event.origin != own) inbox->add(index, event);
      });
  watched_.push_back(std::move(watched));
  return index;
}

Notifier::Reach Notifier::reach_of(Rights rights) {
  if ((rights & kNeeded) == kNeeded) return Reach::read;
  return (rights & right::lookup) != 0 ? Reach::look_up : Reach::none;
}

NotifyEvents Notifier::wanted_by_name(std::string_view name, bool own, bool subscribed,
                                      bool selectable) const {
  return events_of(*request_, name, own, subscribed, selectable);
}

NotifyEvents Notifier::asked_for(const ReachedMailbox& mailbox) const {
  if (!request_->by_client) return {};
  return events_of(*request_->by_client, mailbox.name, mailbox.account.get() == &mailboxes_.own(),
                   mailbox.info.subscribed, mailbox.info.selectable);
}
NotifyEvents Notifier::wanted(const ReachedMailbox& mailbox) const {
  if ((mailbox.rights & kNeeded) != kNeeded) return {};
  const bool own = mailbox.account.get() == &mailboxes_.own();
  return wanted_by_name(mailbox.name, own, mailbox.info.subscribed, mailbox.info.selectable);
}

store::StoreResult<void> Notifier::begin(bool status, SelectedMailbox selected, bool utf8,
                                         std::string& out) {
  // Before the first look, so that nobody falls between the two.
  shares_watch_ = mailboxes_.watch_shares(
      [inbox = inbox_](const std::string& owner) { inbox->add_sharer(owner); });
  auto all = mailboxes_.all();
  if (!all) return std::unexpected(all.error());
  for (const ReachedMailbox& mailbox : *all) watch_of(mailbox);
  // Once more, now that everything is watched.
  all = mailboxes_.all();
  if (!all) return std::unexpected(all.error());
  Encoder encoder(out);
  encoder.set_utf8(utf8);
  for (const ReachedMailbox& mailbox : *all) {
    begin_with(mailbox, encoder);
    const NotifyEvents events = wanted(mailbox);
    if (!status || !events.any_of_messages() || !mailbox.info.selectable) continue;
    if (SelectedMailbox{mailbox.account->id(), mailbox.info.id} == selected) continue;
    std::vector<StatusItem> items{StatusItem::messages, StatusItem::uid_next,
                                  StatusItem::uid_validity};
    if (events.flag_change) items.push_back(StatusItem::highest_modseq);
    write_status(encoder, mailbox.name, items, Status{mailbox.info});
  }
  return {};
}

void Notifier::begin_with(const ReachedMailbox& mailbox, Encoder& out) {
  const std::size_t index = watch_of(mailbox);
  if (index == 0) return;
  const Reach reach = reach_of(mailbox.rights);
  reached_[{index, mailbox.info.id}] = reach;
  if (reach == Reach::look_up && asked_for(mailbox).any()) write_list(mailbox.name, "", out, true);
}

bool Notifier::has_news() const {
  const std::lock_guard lock(inbox_->mutex);
  return inbox_->overflow || !inbox_->events.empty() || !inbox_->sharers.empty();
}

bool Notifier::tell(SelectedMailbox selected, bool utf8, std::string& out) {
  Encoder encoder(out);
  encoder.set_utf8(utf8);
  std::vector<Event> events;
  std::set<std::string> sharers;
  {
    const std::lock_guard lock(inbox_->mutex);
    if (inbox_->overflow) {
      if (request_->by_client) {
        encoder.raw("* OK [NOTIFICATIONOVERFLOW] ").text("Too much happens; NOTIFY ends").crlf();
      }
      return false;
    }
    events.swap(inbox_->events);
    sharers.swap(inbox_->sharers);
    inbox_->busy = {};
  }
  // Names first, so that no STATUS comes before the LIST of its mailbox.
  std::ranges::stable_partition(
      events, [](const Event& event) { return event.event.kind != Kind::messages; });
  for (std::size_t i = 0; i < events.size(); ++i) {
    // The mailboxes below one that was renamed are not told of (RFC 5465 5.4).
    const store::MailboxEvent& event = events[i].event;
    const bool along =
        event.kind == Kind::renamed && std::ranges::any_of(events, [&](const Event& other) {
          return other.account == events[i].account && other.event.kind == Kind::renamed &&
                 store::is_below(event.name, other.event.name) &&
                 store::is_below(event.old_name, other.event.old_name);
        });
    if (!along) tell(events[i], selected, encoder);
  }
  for (const std::string& owner : sharers) tell_first_share(owner, encoder);
  return true;
}

// Nobody watches an owner of whom nothing could be looked up before. What its access events tell
// too is told once.
void Notifier::tell_first_share(const std::string& owner, Encoder& out) {
  for (const ReachedMailbox& mailbox : mailboxes_.all_of(owner)) watch_of(mailbox);
  // Once more, now that it is watched.
  const std::vector<ReachedMailbox> shared = mailboxes_.all_of(owner);
  for (const ReachedMailbox& mailbox : shared) {
    const Event event{watch_of(mailbox), {.kind = Kind::access, .mailbox = mailbox.info.id}};
    tell_access(event, mailbox.name, out);
  }
}

void Notifier::tell(const Event& event, SelectedMailbox selected, Encoder& out) {
  const Watched& watched = watched_[event.account];
  const store::MailboxEvent& what = event.event;
  if (what.kind == Kind::annotation && what.mailbox.value == 0) {
    tell_annotations(event, "", out);
    return;
  }
  std::string name = what.name;
  if (name.empty()) {
    const auto info = watched.account->mailbox(what.mailbox);
    if (!info) return;
    name = info->name;
  }
  name = watched.prefix + name;
  switch (what.kind) {
    case Kind::messages:
      if (SelectedMailbox{watched.account->id(), what.mailbox} != selected) {
        tell_messages(event, name, out);
      }
      break;
    case Kind::created:
    case Kind::deleted:
    case Kind::renamed:
    case Kind::attributes:
      tell_name(event, name, out);
      break;
    case Kind::subscription:  // those of others are theirs
      if (event.account == 0) tell_name(event, name, out);
      break;
    case Kind::access:
      tell_access(event, name, out);
      break;
    case Kind::annotation:
      tell_annotations(event, name, out);
      break;
  }
}

void Notifier::tell_messages(const Event& event, const std::string& name, Encoder& out) {
  const auto mailbox = mailboxes_.find_selectable(name, kNeeded);
  if (!mailbox) return;
  const NotifyEvents events = wanted(*mailbox);
  if (!events.any_of_messages()) return;
  Inbox::Told& told = inbox_->told[{event.account, event.event.mailbox}];
  const bool counts =
      told.uid_next != mailbox->info.uid_next || told.messages != mailbox->info.messages;
  told = {mailbox->info.uid_next, mailbox->info.messages};
  if (!counts && !events.flag_change) return;
  std::vector<StatusItem> items{StatusItem::messages, StatusItem::uid_next,
                                StatusItem::uid_validity};
  if (events.flag_change) items.push_back(StatusItem::unseen);
  if (enabled_.condstore) items.push_back(StatusItem::highest_modseq);
  write_status(out, name, items, Status{mailbox->info});
}

Notifier::Reach Notifier::reach_before(const Event& event) const {
  if (event.account == 0) return Reach::read;
  const auto noted = reached_.find({event.account, event.event.mailbox});
  return noted == reached_.end() ? Reach::none : noted->second;
}

Notifier::Reach Notifier::note_reach(const Event& event, Reach now) {
  if (event.account == 0) return Reach::read;
  const Place place(event.account, event.event.mailbox);
  Reach& noted = reached_[place];
  const Reach before = noted;
  if (now != Reach::none || before > Reach::refused) noted = now;
  if (noted == Reach::none) reached_.erase(place);
  return before;
}

bool Notifier::is_subscribed(const std::string& name) const {
  const auto subscriptions = mailboxes_.own().subscriptions();
  return subscriptions && std::ranges::find(*subscriptions, name) != subscriptions->end();
}

// Rights that come and go (RFC 5465 5.4, 5.9). A mailbox that can be looked up no more does not
// exist for the client; one that can be looked up only is told with \NoAccess.
void Notifier::tell_access(const Event& event, const std::string& name, Encoder& out) {
  if (event.account == 0) return;  // the user's own, where nothing is taken from them
  const auto mailbox = mailboxes_.find(name, right::lookup);
  const Reach now = mailbox ? reach_of(mailbox->rights) : Reach::none;
  const Reach before = note_reach(event, now);
  const bool stays = now == before || (now == Reach::none && before == Reach::refused);
  if (stays || !request_->by_client) return;
  const bool subscribed = mailbox ? mailbox->info.subscribed : is_subscribed(name);
  const NotifyEvents events = events_of(*request_->by_client, name, false, subscribed, true);
  // A new mailbox is no news to who did not ask for names.
  const bool is_new = before == Reach::none && now == Reach::read;
  if (is_new ? !events.mailbox_name : !events.any()) return;
  if (now == Reach::none) reached_[{event.account, event.event.mailbox}] = Reach::refused;
  write_list(name, "", out, now != Reach::read);
  const std::string parent(parent_of(name));
  const bool comes_or_goes = before <= Reach::refused || now == Reach::none;
  if (comes_or_goes && events.mailbox_name && mailboxes_.find(parent, right::lookup)) {
    write_list(parent, "", out);
  }
}

void Notifier::tell_name(const Event& event, const std::string& name, Encoder& out) {
  const store::MailboxEvent& what = event.event;
  const bool own = event.account == 0 && !MailboxAccess::is_others(name);
  const auto mailbox = mailboxes_.find(name, right::lookup);
  const Reach now = mailbox ? reach_of(mailbox->rights) : Reach::none;
  const Reach before = reach_before(event);
  // Of rights that were taken, the event of that tells.
  if (now > before || what.kind == Kind::deleted) note_reach(event, now);
  const bool was_visible = before > Reach::refused;
  if (!mailbox && !was_visible) return;
  // A mailbox that is gone matches as it did.
  const bool subscribed =
      what.kind == Kind::subscription || (mailbox ? mailbox->info.subscribed : is_subscribed(name));
  NotifyEvents events = wanted_by_name(name, own, subscribed, true);
  if (what.kind == Kind::renamed && was_visible) {  // who asked for the old name is told, too
    events |= wanted_by_name(watched_[event.account].prefix + what.old_name, own, subscribed, true);
  }
  if (what.kind == Kind::subscription) {
    if (events.subscription) write_list(name, "", out);
    return;
  }
  if (!events.mailbox_name) return;
  std::string old_name;
  if (what.kind == Kind::renamed && was_visible)
    old_name = watched_[event.account].prefix + what.old_name;
  write_list(name, old_name, out);
  const bool comes_or_goes = what.kind == Kind::created || what.kind == Kind::deleted;
  const std::string parent(parent_of(name));
  if (comes_or_goes && !parent.empty()) write_list(parent, "", out);
}

// mailbox-list with what is true now (RFC 5465 5.4).
void Notifier::write_list(const std::string& name, std::string_view old_name, Encoder& out,
                          bool no_access) const {
  const auto mailbox = mailboxes_.find(name, right::lookup);
  std::string attributes;
  if (!mailbox) {
    attributes = is_subscribed(name) ? "\\NonExistent \\Subscribed" : "\\NonExistent";
  } else {
    Encoder encoder(attributes);
    write_mailbox_attributes(encoder, mailbox->info, disabled_);
  }
  if (no_access) attributes += attributes.empty() ? "\\NoAccess" : " \\NoAccess";
  out.raw("* LIST (").raw(attributes);
  out.raw(") ").string("/").sp().mailbox(name);
  if (!old_name.empty()) {
    out.raw(" (").string("OLDNAME").raw(" (").mailbox(old_name).raw("))");
  }
  out.crlf();
}

// RFC 5464 4.4.2, RFC 5465 5.6, 5.7: names only. What is /private is told to nobody else.
void Notifier::tell_annotations(const Event& event, const std::string& name, Encoder& out) {
  const store::MailboxEvent& what = event.event;
  const bool own = watched_[event.account].account->id() == mailboxes_.own().id();
  if (name.empty()) {
    NotifyEvents events;
    for (const NotifyGroup& group : request_->groups) events |= group.events;
    if (!events.server_metadata || !own) return;
  } else {
    const auto mailbox = mailboxes_.find(name, kNeeded);
    if (!mailbox || !wanted(*mailbox).mailbox_metadata) return;
  }
  const std::string_view reader = own ? std::string_view() : mailboxes_.own().name();
  bool first = true;
  for (const std::string& entry : what.entries) {
    if (entry.starts_with("/private") && what.reader != reader) continue;
    if (first) out.raw("* METADATA ").mailbox(name);
    first = false;
    out.sp().astring(entry);
  }
  if (!first) out.crlf();
}

}  // namespace mailkeep::imap
