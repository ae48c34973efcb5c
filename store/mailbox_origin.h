// Where the messages of a mailbox came from, when they came from another server or a backup: the
// mailbox there and how far it has been taken. As long as the UIDVALIDITY is the same here and
// there, so are the UIDs; a message whose UID is taken here already gets another one, which is
// remembered. What was left out, because the origin did not give it, is remembered, too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::store {

struct MailboxOrigin {
  // Which mailbox it is; at most kMaxOriginBytes. One that begins with kServerOrigin may still get
  // mail while some comes here: messages that come here by themselves leave room for its UIDs.
  std::string source;
  std::uint32_t uid_validity = 0;
  Uid uid_next{1};  // every message there below it was taken, is not wanted, or is known as missing
  Modseq modseq{};  // of the origin: every change there up to it was taken
  // From it on, a message here is one of the origin only where moved_uids() has it: others came by
  // themselves. Zero: none did.
  Uid own_from{};
  bool finished = false;  // what is done once for each mailbox is done: see finish_origins()

  // Whether a message here is the one with the same UID there, in a mailbox that keeps UIDs.
  bool keeps(Uid uid) const { return uid < uid_next && (own_from == Uid{} || uid < own_from); }
};

// UIDs there of messages that were not taken though they are below uid_next, or may be so.
struct MissingUids {
  UidSet told;    // the origin told of them, and did not give them
  UidSet untold;  // its list came short; there may be none

  bool empty() const { return told.empty() && untold.empty(); }
};

inline constexpr std::string_view kServerOrigin = "imap:";
inline constexpr std::size_t kMaxOriginBytes = 2000;
// Higher UIDs of an origin are not kept: they would leave none for what comes later.
inline constexpr std::uint32_t kMaxKeptUid = 0xfeffffff;

// RFC 1939 7: 1 to 70 octets from 0x21 to 0x7E.
bool is_pop3_id(std::string_view id);

}  // namespace mailkeep::store
