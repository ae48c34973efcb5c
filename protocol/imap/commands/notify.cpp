#include "protocol/imap/commands/notify.h"

#include <algorithm>
#include <utility>

#include "protocol/imap/notifier.h"
#include "protocol/imap/session.h"
#include "protocol/imap/wire/characters.h"

namespace mailkeep::imap {
namespace {

// AnnotationChange is that of RFC 5257, which is not done: NO with BADEVENT.
constexpr struct {
  std::string_view name;
  bool NotifyEvents::* member;
  Capability capability = Capability::notify;
} kEvents[] = {
    {"MessageNew", &NotifyEvents::message_new},
    {"MessageExpunge", &NotifyEvents::message_expunge},
    {"FlagChange", &NotifyEvents::flag_change},
    {"MailboxName", &NotifyEvents::mailbox_name},
    {"SubscriptionChange", &NotifyEvents::subscription},
    {"MailboxMetadataChange", &NotifyEvents::mailbox_metadata, Capability::metadata},
    {"ServerMetadataChange", &NotifyEvents::server_metadata, Capability::metadata_server},
};

std::string supported_events(const Session& session) {
  std::string names = "BADEVENT (";
  for (const auto& event : kEvents) {
    if (!session.allows(event.capability)) continue;
    if (!names.ends_with('(')) names += ' ';
    names += event.name;
  }
  return names + ")";
}

class NotifyParser {
 public:
  explicit NotifyParser(Decoder& decoder) : decoder_(decoder) {}

  // "SET" [SP "STATUS"] SP event-groups (RFC 5465 8), behind SET
  Parsed<NotifyCommand> set() {
    NotifyCommand command;
    auto request = std::make_shared<NotifyRequest>();
    if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
    if (decoder_.accept_word("STATUS")) {
      command.status = true;
      if (auto ok = decoder_.sp(); !ok) return std::unexpected(ok.error());
    }
    do {
      if (auto ok = group(*request); !ok) return std::unexpected(ok.error());
    } while (decoder_.accept(' ') && !decoder_.at_end());
    command.unsupported = unsupported_;
    command.request = std::move(request);
    return command;
  }

 private:
  // event-group = "(" filter-mailboxes SP events ")"
  Parsed<void> group(NotifyRequest& request) {
    if (auto ok = decoder_.expect('('); !ok) return ok;
    const bool delayed = decoder_.accept_word("SELECTED-DELAYED");
    if (delayed || decoder_.accept_word("SELECTED")) {
      if (request.selected) return decoder_.fail("the selected mailbox stands there already");
      NotifySelected selected{.delayed = delayed, .events = {}, .items = {}};
      if (auto ok = events(selected.events, &selected.items); !ok) return ok;
      request.selected = std::move(selected);
      return decoder_.expect(')');
    }
    NotifyGroup other;
    if (auto ok = filter(other); !ok) return ok;
    if (auto ok = events(other.events, nullptr); !ok) return ok;
    request.groups.push_back(std::move(other));
    return decoder_.expect(')');
  }

  // filter-mailboxes-other
  Parsed<void> filter(NotifyGroup& group) {
    if (decoder_.accept_word("INBOXES") || decoder_.accept_word("PERSONAL")) return {};
    if (decoder_.accept_word("SUBSCRIBED")) {
      group.filter = NotifyFilter::subscribed;
      return {};
    }
    if (decoder_.accept_word("SUBTREE")) {
      group.filter = NotifyFilter::subtree;
    } else if (decoder_.accept_word("MAILBOXES")) {
      group.filter = NotifyFilter::mailboxes;
    } else {
      return decoder_.fail("expected which mailboxes to watch");
    }
    if (auto ok = decoder_.sp(); !ok) return ok;
    return names(group.names);
  }

  // one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")"
  Parsed<void> names(std::vector<std::string>& names) {
    const bool many = decoder_.accept('(');
    do {
      auto name = decoder_.mailbox();
      if (!name) return std::unexpected(name.error());
      if (++names_ > kMaxNotifyNames) return decoder_.fail("too many mailboxes");
      names.push_back(std::move(*name));
    } while (many && decoder_.accept(' '));
    if (many) return decoder_.expect(')');
    return {};
  }

  // SP ("(" event *(SP event) ")" / "NONE"); `items`: of the selected mailbox, else null.
  Parsed<void> events(NotifyEvents& events, std::optional<FetchItems>* items) {
    if (auto ok = decoder_.sp(); !ok) return ok;
    if (decoder_.accept_word("NONE")) return {};
    const std::size_t begin = decoder_.position();
    if (auto ok = decoder_.expect('('); !ok) return ok;
    bool more = true;
    while (more) {
      if (auto ok = event(events, items, more); !ok) return ok;
    }
    if (auto ok = decoder_.expect(')'); !ok) return ok;
    // RFC 5465 5: one of them needs the other, and flags need both.
    const bool both = events.message_new && events.message_expunge;
    if (events.any_of_messages() && !both) {
      return std::unexpected(
          SyntaxError{begin, "MessageNew and MessageExpunge must be there together"});
    }
    if (items && events.any_of_mailboxes()) {
      return std::unexpected(
          SyntaxError{begin, "only events of messages go with the selected mailbox"});
    }
    return {};
  }

  // event, and whether SP and another event follow
  Parsed<void> event(NotifyEvents& events, std::optional<FetchItems>* items, bool& more) {
    const auto name = decoder_.atom();
    if (!name) return std::unexpected(name.error());
    const auto* known = std::ranges::find_if(kEvents, [&](const auto& event) {
      return equal_ignoring_case(event.name, *name) && decoder_.allows(event.capability);
    });
    more = decoder_.accept(' ');
    if (known == std::end(kEvents)) {
      unsupported_ = true;
      return {};
    }
    events.*known->member = true;
    if (!items || known->member != &NotifyEvents::message_new || !more) return {};
    if (decoder_.peek() != '(') return {};
    auto wanted = parse_fetch_items(decoder_);
    if (!wanted) return std::unexpected(wanted.error());
    // What is told unasked sets no \Seen (RFC 5465 5.2).
    wanted->sets_seen = false;
    wanted->uid = true;
    *items = std::move(*wanted);
    more = decoder_.accept(' ');
    return {};
  }

  Decoder& decoder_;
  std::size_t names_ = 0;
  bool unsupported_ = false;
};

}  // namespace

NotifyEvents& NotifyEvents::operator|=(const NotifyEvents& other) {
  for (const auto& event : kEvents) {
    if (other.*event.member) this->*event.member = true;
  }
  return *this;
}

// notify = "NOTIFY" SP (notify-set / notify-none) (RFC 5465 8)
Parsed<NotifyCommand> parse_notify(Decoder& decoder) {
  if (auto ok = decoder.sp(); !ok) return std::unexpected(ok.error());
  NotifyCommand command;
  if (decoder.accept_word("SET")) {
    auto set = NotifyParser(decoder).set();
    if (!set) return set;
    command = std::move(*set);
  } else if (!decoder.accept_word("NONE")) {
    return decoder.fail("expected SET or NONE");
  }
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return command;
}

protocol::Awaitable<store::StoreResult<void>> watch_for(
    Session& session, std::shared_ptr<const NotifyRequest> request, bool status) {
  NotifyEvents enabled;
  enabled.mailbox_metadata = session.enabled().metadata;
  enabled.server_metadata = session.enabled().metadata_server;
  if (!request && !enabled.any_of_mailboxes()) {
    session.enabled().notify = false;
    session.set_notifier(nullptr);
    co_return store::StoreResult<void>{};
  }
  auto all = std::make_shared<NotifyRequest>();
  if (request) *all = *request;
  all->by_client = request;
  all->groups.push_back({NotifyFilter::all, {}, enabled});
  auto notifier = std::make_unique<Notifier>(
      std::move(all), session.mailboxes(), session.enabled(),
      NotifierContext{session.origin(), session.grammar().disabled, session.stream().waker()});
  const SelectedMailbox selected = SelectedMailbox::of(session.view());
  const bool utf8 = session.out().utf8();
  const auto begun = co_await session.blocking(
      [&] { return notifier->begin(status, selected, utf8, session.output()); });
  if (begun) {
    session.enabled().notify = request != nullptr;
    session.set_notifier(std::move(notifier));
  }
  co_return begun;
}

protocol::Awaitable<Reply> handle(Session& session, const NotifyCommand& command) {
  if (command.unsupported) {
    co_return Reply::no(supported_events(session), "Some of these events are not known here");
  }
  co_await session.tell_notifications(false);  // what the one before has seen
  const auto watched = co_await watch_for(session, command.request, command.status);
  if (!watched) co_return Reply::refused(watched.error());
  co_return Reply::ok("NOTIFY completed");
}

}  // namespace mailkeep::imap
