// Where the messages of a mailbox came from, when they came from another server or a backup: the
// mailbox there and how far it has been taken. As long as the UIDVALIDITY is the same here and
// there, so are the UIDs; a message whose UID is taken here already gets another one, which is
// remembered.
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
  Uid uid_next{1};  // every message there below it was taken, or is not wanted
  Modseq modseq{};  // of the origin: every change there up to it was taken
};

inline constexpr std::string_view kServerOrigin = "imap:";
inline constexpr std::size_t kMaxOriginBytes = 2000;
// Higher UIDs of an origin are not kept: they would leave none for what comes later.
inline constexpr std::uint32_t kMaxKeptUid = 0xfeffffff;

// RFC 1939 7: 1 to 70 octets from 0x21 to 0x7E.
bool is_pop3_id(std::string_view id);

}  // namespace mailkeep::store
