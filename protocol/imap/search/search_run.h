// Searches a mailbox slice by slice, so that a long search holds no store thread and no transaction
// for long, tells how far it is (RFC 9585), and ends when the client has gone.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>

#include "protocol/imap/reply.h"
#include "protocol/stream.h"
#include "store/account.h"

namespace mailkeep::imap {

class Session;

// How far the searches of one command are. Must outlive them.
class SearchProgress {
 public:
  // `total`: messages to be looked at, in all mailboxes.
  SearchProgress(Session& session, std::uint64_t total)
      : session_(session), total_(total), last_told_(Clock::now()) {}

  // Tells the log of a message that could not be looked into.
  void report(store::Uid uid, std::string_view what, std::string_view mailbox);

  // Counts `messages` as done and tells of it where it is time to. False: the client has gone.
  protocol::Awaitable<bool> advance(std::uint64_t messages);

 private:
  using Clock = std::chrono::steady_clock;

  Session& session_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
  std::uint32_t reported_ = 0;
  Clock::time_point last_told_;
  bool probed_ = false;
};

// A mailbox to be searched; `name` is empty for the selected one. Must outlive the search.
struct SearchedMailbox {
  store::Account& account;
  store::MailboxId id;
  std::string_view name;
};

// Those of `among` that match. The reply is the command's where the search could not be finished.
// The log is told of messages that could not be looked into, of the first hundred of a command.
protocol::Awaitable<std::expected<store::UidSet, Reply>> search_mailbox(Session& session,
                                                                        SearchProgress& progress,
                                                                        SearchedMailbox mailbox,
                                                                        store::UidSet among,
                                                                        store::SearchQuery query);

}  // namespace mailkeep::imap
