// What a reader other than the owner has seen of a mailbox (RFC 4314 4), as ranges of UIDs: the one
// flag of which everybody has their own. Within the caller's transaction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/account.h"
#include "store/mailbox_row.h"
#include "store/sqlite/database.h"

namespace mailkeep::store {

class ReaderSeen {
 public:
  // Without a reader, who then is the owner, nothing is ever changed by apply().
  ReaderSeen() = default;
  ReaderSeen(sqlite::Database& database, MailboxId mailbox, std::string_view reader);

  bool is_owner() const { return reader_.empty(); }
  const UidSet& seen() const { return seen_; }
  // Flags and mod-sequence of a message as the reader has them.
  void apply(Uid uid, FlagBits& flags, Modseq& modseq) const;
  // UIDs whose \Seen may have changed after `since`; they need not be there any more.
  UidSet changed_since(Modseq since) const;

  // Notes what the reader has seen now, and not any more, as of `modseq`.
  void change(sqlite::Database& database, const UidSet& added, const UidSet& removed,
              Modseq modseq);

 private:
  struct Change {
    Modseq modseq;
    UidSet::Range uids;
  };
  void shorten(sqlite::Database& database);

  MailboxId mailbox_{0};
  std::string reader_;
  UidSet seen_;
  std::vector<Change> changes_;  // ascending mod-sequences
};

}  // namespace mailkeep::store
