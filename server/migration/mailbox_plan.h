// What is to be done for one mailbox of another server, and the comparison that finds it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "server/migration/imap_client.h"
#include "store/account.h"

namespace mailkeep::server {

// A message there that is not here.
struct MissingMessage {
  std::uint32_t uid;
  std::uint64_t size;  // as the server says
};

struct MailboxPlan {
  ListReply remote;
  std::string name;    // here
  std::string source;  // store::MailboxOrigin::source
  RemoteMailbox state;
  store::MailboxId id{};       // zero: there is none yet
  bool first_time = false;     // it never was finished before
  bool begun = false;          // it has been used here, or some of it was taken
  std::uint64_t messages = 0;  // there
  // Each UID once: ascending those that are new, then ascending those that were refused before,
  // whose UIDs here are others anyway.
  std::vector<MissingMessage> missing;
  store::UidSet untold;   // a list that came short may have left them out
  store::UidSet settled;  // missing before, and now known not to be there
  store::UidSet lost;     // those of them that were there before
  // UIDs here and the flags that they have there.
  std::vector<std::pair<store::Uid, store::FlagSet>> changed;
  store::UidSet gone;             // here, of messages that are not there any more
  std::uint64_t told = 0;         // messages in the lists that were asked for
  bool incomplete = false;        // all were asked for, and fewer were told than there are
  std::uint64_t other_sizes = 0;  // messages that do not have the size here that they have there

  std::uint64_t missing_bytes() const;
};

struct PlanOptions {
  bool compare_all = false;  // all messages, whatever is known of earlier runs
  bool adopt = true;         // make the mailbox; false: change nothing
};

// Compares the mailbox, which `client` selects, with what is here. Only what changed there since
// the last time is asked for where the server can tell (RFC 7162) and nothing is missing. A mailbox
// here with messages of another server's mailbox, or of another UIDVALIDITY, is a RemoteRefusal.
// Else throws as ImapClient does, and StoreRefusal where the store refuses.
void make_plan(ImapClient& client, store::Account& account, const PlanOptions& options,
               MailboxPlan& plan);

// Whether flags differ, whatever the order and the case of keywords.
bool same_flags(const store::FlagSet& left, const store::FlagSet& right);

}  // namespace mailkeep::server
