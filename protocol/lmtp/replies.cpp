#include "protocol/lmtp/replies.h"

namespace mailkeep::lmtp {

Reply reply_to(AddressError error) {
  switch (error) {
    case AddressError::unknown:
      return {550, "5.1.1", "No such user here"};
    case AddressError::foreign:
      return {550, "5.7.1", "Not a domain of this server"};
    case AddressError::suspended:
      return {450, "4.2.1", "The account is suspended"};
    case AddressError::account_damaged:
      return {451, "4.3.0", "The account cannot be opened now"};
    case AddressError::broken_alias:
      return {451, "4.3.5", "The address leads to one that is not here"};
    case AddressError::too_many_accounts:
      return {451, "4.3.5", "The address leads to too many accounts"};
  }
  return {451, "4.3.0", "Try again later"};
}

Reply reply_to(Outcome outcome, bool defer_over_quota) {
  switch (outcome) {
    case Outcome::delivered:
      return {250, "2.1.5", "Delivered"};
    case Outcome::delivered_before:
      return {250, "2.1.5", "Delivered before"};
    case Outcome::no_such_account:
      return {550, "5.1.1", "No such user here"};
    case Outcome::suspended:
      return {450, "4.2.1", "The account is suspended"};
    case Outcome::over_quota:
      if (defer_over_quota) return {452, "4.2.2", "The mailbox is full"};
      return {552, "5.2.2", "The mailbox is full"};
    case Outcome::too_big:
      return {552, "5.3.4", "The message is too big"};
    case Outcome::mailbox_full:
      return {552, "5.2.2", "The mailbox takes no more messages"};
    case Outcome::account_damaged:
      return {451, "4.3.0", "The account cannot be opened now"};
    case Outcome::disk_full:
      return {452, "4.3.1", "No room on the disk, try again later"};
    case Outcome::failed:
      break;
  }
  return {451, "4.3.0", "Cannot deliver now, try again later"};
}

}  // namespace mailkeep::lmtp
