// Messages that go from INBOX by themselves, as far as its owner wants it (kExpireEntry): POP3
// clients are told after how many days (RFC 2449 6.7), and before log-in what holds for everybody.
#pragma once

#include <chrono>
#include <optional>

#include "store/account.h"

namespace mailkeep::store {

// No message goes sooner, whatever the annotation says.
inline constexpr std::chrono::days kInboxKept{1};

// How long messages stay in INBOX; nothing: for ever. Blocking.
std::optional<std::chrono::seconds> inbox_expiry(Account& account);

}  // namespace mailkeep::store
