// A FETCH over many messages in pieces: each call of next() is one stretch of blocking work that
// ends after a bounded amount of output, so that the client gets its first bytes early and no
// session holds a store thread or a read transaction for long.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocol/imap/fetch/message_renderer.h"
#include "protocol/imap/mailbox_view.h"
#include "store/account.h"

namespace mailkeep::imap {

class FetchBatches {
 public:
  // All but `uids` must outlive it. Messages get \Seen where the items say so.
  FetchBatches(MailboxView& view, const FetchItems& items, store::UidSet uids,
               store::FailureSink failed);

  bool done() const { return range_ == uids_.ranges().size(); }

  // Appends the responses for the next messages to `out`. A message with large literals ends a
  // batch: what is in `large` then goes out before `out`, which holds the rest of that message's
  // response.
  store::StoreResult<void> next(std::string& out, std::vector<LargeLiteral>& large);

  bool met_unknown_encoding() const { return renderer_.met_unknown_encoding(); }

  // The message that the large literals belong to.
  store::Uid large_uid() const { return large_uid_; }

 private:
  store::UidSet take(std::size_t count) const;
  void advance_past(store::Uid uid);
  store::StoreResult<void> mark_seen(const store::UidSet& uids);

  MailboxView& view_;
  const FetchItems& items_;
  store::UidSet uids_;
  MessageRenderer renderer_;
  std::size_t range_ = 0;       // of uids_, the next to fetch
  std::uint32_t next_uid_ = 0;  // in that range
  store::UidSet newly_seen_;    // whose changed flags the client has to be told
  store::UidSet asked_seen_;
  store::Uid large_uid_;
};

}  // namespace mailkeep::imap
