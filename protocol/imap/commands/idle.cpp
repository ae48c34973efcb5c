#include "protocol/imap/commands/idle.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "protocol/imap/session.h"

namespace mailkeep::imap {
namespace {

bool is_done(std::string_view text) {
  static constexpr std::string_view kDone = "DONE";
  return std::equal(text.begin(), text.end(), kDone.begin(), kDone.end(), [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == b;
  });
}

}  // namespace

Parsed<IdleCommand> parse_idle(Decoder& decoder) {
  if (auto ok = decoder.end(); !ok) return std::unexpected(ok.error());
  return IdleCommand{};
}

protocol::Awaitable<Reply> handle(Session& session, const IdleCommand&) {
  store::Watch watch;
  // Watching begins before the last look for news, so that nothing falls between the two. With
  // NOTIFY its watches tell of the selected mailbox too.
  bool notifies = session.notify_request() != nullptr;
  if (MailboxView* view = session.view(); view && !notifies) {
    watch = view->account().watch(view->id(), session.stream().waker());
  }
  session.out().raw("+ idling\r\n");
  for (;;) {
    if (session.has_notifier()) co_await session.tell_notifications(true);
    if (notifies && session.notify_request() == nullptr) {  // too much happened for it
      notifies = false;
      if (MailboxView* view = session.view()) {
        watch = view->account().watch(view->id(), session.stream().waker());
      }
    }
    if (!notifies) co_await session.tell_changes(true);
    if (!co_await session.flush()) co_return Reply::end();
    const ReaderEvent event = session.reader().next();
    if (const auto* line = std::get_if<CommandText>(&event)) {
      if (is_done(line->text)) co_return Reply::ok("IDLE completed");
      co_return Reply::bad("Expected DONE");
    }
    if (!std::holds_alternative<NeedMore>(event)) co_return Reply::bad("Expected DONE");
    const auto status = co_await session.read_input(true);
    if (const auto end = session.reply_to_closed_account()) co_return *end;
    if (status == protocol::ReadStatus::data || status == protocol::ReadStatus::woken) continue;
    co_return session.reply_to_end_of_input(status);
  }
}

}  // namespace mailkeep::imap
