#include "store/inbox_expiry.h"

#include <algorithm>

namespace mailkeep::store {

std::optional<std::chrono::seconds> inbox_expiry(Account& account) {
  const auto inbox = account.mailbox("INBOX");
  if (!inbox) return std::nullopt;
  const auto found =
      account.annotations(inbox->id, {.entries = {std::string(kExpireEntry)}, .max_bytes = {}});
  if (!found || found->entries.empty()) return std::nullopt;
  const auto age = parse_age(found->entries.front().value);
  if (!age || age->count() <= 0) return std::nullopt;
  return std::max<std::chrono::seconds>(*age, kInboxKept);
}

}  // namespace mailkeep::store
