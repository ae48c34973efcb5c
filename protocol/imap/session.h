// One IMAP connection from greeting to end (RFC 9051 3, RFC 3501): reads commands, runs them one
// after the other by the command table, writes the replies. Whatever a command throws costs that
// command only (NO [SERVERBUG]).
//
// Lives on its stream's executor; handlers run inside run() and use it through the members below.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/authenticator.h"
#include "protocol/blocking.h"
#include "protocol/imap/command.h"
#include "protocol/imap/compressed_stream.h"
#include "protocol/imap/enabled.h"
#include "protocol/imap/language.h"
#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/mailbox_view.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/settings.h"
#include "protocol/imap/wire/command_reader.h"
#include "protocol/imap/wire/encoder.h"
#include "protocol/imap/wire/grammar.h"
#include "protocol/session_events.h"
#include "protocol/stream.h"
#include "store/account.h"

namespace mailkeep::imap {

template <class T>
using Awaitable = protocol::Awaitable<T>;

// What every session shares; all of it outlives the sessions.
struct SessionServices {
  protocol::BlockingPool& pool;
  protocol::Authenticator& authenticator;
  protocol::SessionEvents& events;
  const Settings& settings;
  // Leads to mailboxes that others share; null: none are.
  store::Store* store = nullptr;
};

class Notifier;

class SearchContexts;

class Session {
 public:
  Session(protocol::Stream& stream, const SessionServices& services);
  ~Session();

  // The whole session. Returns when it has ended; the caller closes the connection.
  Awaitable<void> run();

  // --- for handlers ---
  protocol::Stream& stream() { return *stream_; }
  const Settings& settings() const { return services_.settings; }
  const SessionServices& services() const { return services_; }
  CommandReader& reader() { return reader_; }
  Enabled& enabled() { return enabled_; }
  State state() const;
  bool is_compressed() const { return compressed_ != nullptr; }
  Language language() const { return language_; }
  void set_language(Language language) { language_ = language; }
  // By what searches and sorting compare strings (RFC 5255 4.7).
  store::Comparator comparator() const { return comparator_; }
  void set_comparator(store::Comparator comparator) { comparator_ = comparator; }
  // What of the protocol this session has; commands are parsed by it.
  Grammar& grammar() { return grammar_; }
  // Whether a capability is not turned off, server-wide or for the account.
  bool allows(Capability capability) const { return !grammar_.disabled.contains(capability); }
  // Of all that this session writes.
  store::Origin origin() const { return origin_; }
  // The tag of the command that runs.
  const std::string& command_tag() const { return command_tag_; }

  // Untagged responses go here; they leave with the next flush() at the latest.
  Encoder& out() { return encoder_; }
  std::string& output() { return output_; }
  // Writes the output to the client. False: the connection is gone; end the command with
  // Reply::end().
  Awaitable<bool> flush();
  // The same once there is much of it (kOutputBytes): for handlers that write long responses.
  static constexpr std::size_t kOutputBytes = 64 * 1024;
  Awaitable<bool> flush_if_large();
  // Reads the selected mailbox's news and tells them; what may not be told yet waits.
  Awaitable<void> tell_changes(bool expunges, bool flags = true);
  // What the client asked for by NOTIFY; null for nothing.
  void set_notifier(std::unique_ptr<Notifier> notifier);
  bool has_notifier() const { return notifier_ != nullptr; }
  // What the client asked for by NOTIFY; null: nothing.
  std::shared_ptr<const NotifyRequest> notify_request() const;
  // Tells a client without a command what it asked for by NOTIFY or ENABLE, of all mailboxes.
  // `idling`: the client is in IDLE, where expunges may always be told.
  Awaitable<void> tell_notifications(bool idling);
  // Reads more input into reader().
  Awaitable<protocol::ReadStatus> read_input(bool wakeable = false);

  // Ends the session for what a read answered other than data: BYE where the client can hear it.
  Reply reply_to_end_of_input(protocol::ReadStatus status);
  // The same where the account was suspended or removed; nothing where it was not. Commands that
  // wait ask it when they are woken.
  std::optional<Reply> reply_to_closed_account();

  // The internal date of what arrives now.
  static store::InternalDate now();

  // Blocking work, e.g. `co_await session.blocking([&] { return account.mailboxes(); })`.
  template <class Work>
  auto blocking(Work work) {
    return services_.pool.run([origin = origin_, work = std::move(work)]() mutable {
      const store::OriginScope scope(origin);
      return work();
    });
  }

  // Runs blocking work that appends to output(), and writes what is there already meanwhile, once
  // there is much of it. False: the connection is gone.
  Awaitable<bool> flush_during(std::move_only_function<void()> work);

  // The account after log-in.
  store::Account& account() { return *account_; }
  const std::shared_ptr<store::Account>& shared_account() const { return account_; }
  const std::string& account_name() const { return account_->name(); }
  // From names to mailboxes and what the user may do there; after log-in.
  const MailboxAccess& mailboxes() const { return *mailboxes_; }
  // `disabled`: capabilities that the account does not have, in addition to the server's.
  void logged_in(std::shared_ptr<store::Account> account, const CapabilitySet& disabled);
  // Whether passwords may be given now (RFC 9051 6.2.3, LOGINDISABLED).
  bool may_give_password() const;

  // The selected mailbox, if any.
  MailboxView* view() { return view_.get(); }
  void select(std::unique_ptr<MailboxView> view);
  void unselect();

  // Searches of the selected mailbox that are kept up to date.
  SearchContexts& contexts();

  // Tells the log that handling one message, of the selected mailbox where no other is named,
  // failed and was mended for the client. May be called from blocking work.
  void report_message_failure(store::Uid uid, std::string_view what, std::string_view mailbox = {});
  // Runs `read`, which appends octets of a message whose length the client was told already: a
  // failure must not end there. False where it threw, which the log is told of. From blocking work.
  bool attempt_read(store::Uid uid, const std::function<void()>& read);
  // Tells the log of messages that came in with defects. Loop thread or blocking work.
  void report_defects(std::string_view account, std::string_view mailbox,
                      const store::AppendResult& result);

 private:
  struct Line;  // a parsed command with its tag
  enum class Next : std::uint8_t { go_on, end };

  Awaitable<void> serve();
  Awaitable<Next> on_input(NeedMore);
  Awaitable<Next> on_input(NeedLiteral literal);
  Awaitable<Next> on_input(CommandText command);
  Awaitable<Next> on_input(BadInput bad);
  Awaitable<Next> on_append(Parsed<AppendParser> start, NeedLiteral literal);
  ReaderEvent next_event();
  Line parse_line(std::string_view text) const;
  std::vector<Line> take_pipelined_stores(Line first);
  Awaitable<Next> run_line(Line line);
  Awaitable<Next> run_stores(std::vector<Line> lines);
  // The reply of `work`, or NO [SERVERBUG] for what it throws.
  Awaitable<Reply> guarded(Awaitable<Reply> work);
  Awaitable<Next> finish_command(std::string_view tag, Reply reply, bool holds_expunges);
  Awaitable<Next> start_tls();
  Awaitable<Next> start_compression();
  Awaitable<Next> unauthenticate();
  void watch_selected();
  Awaitable<void> tell_new_messages(store::UidSet uids);
  void write_tagged(std::string_view tag, const Reply& reply);
  // In the session's language, to the end of the line.
  void write_text(std::string_view text);
  void limit_reader(ReaderLimits limits);
  Next count_bad();
  Next say_bye(std::string_view text, std::string_view reason);
  void report_failure(std::string_view what);

  protocol::Stream* const connection_;  // as it came
  std::unique_ptr<CompressedStream> compressed_;
  protocol::Stream* stream_;  // one of these
  SessionServices services_;
  const store::Origin origin_ = store::new_origin();
  CommandReader reader_;
  std::optional<ReaderEvent> pending_event_;  // looked at already, still to be served
  std::string output_;
  Encoder encoder_;
  Enabled enabled_;
  Grammar grammar_;
  Language language_ = Language::i_default;
  store::Comparator comparator_ = store::Comparator::unicode_casemap;
  std::shared_ptr<store::Account> account_;
  std::optional<MailboxAccess> mailboxes_;
  std::unique_ptr<MailboxView> view_;
  std::unique_ptr<SearchContexts> contexts_;
  std::unique_ptr<Notifier> notifier_;
  store::Watch closing_watch_;   // of the account
  store::Watch selected_watch_;  // with a notifier that wants to know of the selected mailbox
  std::string command_name_;
  std::string command_tag_;
  std::uint32_t bad_commands_ = 0;
  std::string_view end_reason_ = "closed";
};

}  // namespace mailkeep::imap
