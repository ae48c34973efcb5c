// Mailbox names as the store keeps them: UTF-8, '/' between levels, INBOX in capitals.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/types.h"

namespace mailkeep::store {

inline constexpr std::size_t kMaxMailboxNameBytes = 1000;
inline constexpr std::string_view kInbox = "INBOX";

// The kept form of a name, or invalid_mailbox_name: empty, too long, no UTF-8, control characters,
// an empty level. A first level that is INBOX in any case becomes INBOX (RFC 9051 5.1).
StoreResult<std::string> normalize_mailbox_name(std::string_view name);

// The names above `name`, outermost first: "a/b/c" has "a" and "a/b".
std::vector<std::string> parents_of(std::string_view name);

// Whether `name` lies below `parent`.
bool is_below(std::string_view name, std::string_view parent);

// Order of listings: INBOX and what is below it first, then by octets with a mailbox directly
// before those below it.
bool listed_before(std::string_view left, std::string_view right);

}  // namespace mailkeep::store
