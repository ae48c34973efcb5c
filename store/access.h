// Rights of others to mailboxes (RFC 4314). The store keeps and finds them; who asks it checks
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/types.h"

namespace mailkeep::store {

inline constexpr std::size_t kMaxAccessEntries = 1000;  // of a mailbox
inline constexpr std::size_t kMaxIdentifierBytes = 256;
inline constexpr std::string_view kAnyone = "anyone";
inline constexpr std::string_view kAllRights = "lrswipkxtea";  // RFC 4314 2.1

// The identifier is an account's name or "anyone"; with '-' before it, the rights are taken away
// from what it has by others (RFC 4314 2). Rights are letters and digits, each once.
struct AccessEntry {
  std::string identifier;
  std::string rights;
  friend bool operator==(const AccessEntry&, const AccessEntry&) = default;
};

// What `reader` may do by these entries: its own and anyone's together, without those taken away.
std::string effective_rights(const std::vector<AccessEntry>& entries, std::string_view reader);

// A mailbox that its owner may have opened to somebody.
struct SharedMailbox {
  AccountId owner;
  std::string owner_name;
  MailboxId mailbox;
};

}  // namespace mailkeep::store
