// The mailbox as one POP3 session sees it (RFC 1939 4, 5): INBOX at log-in, numbered from 1. What
// comes or goes later does not change the numbers. Deletions are marks until the end.
//
// 12 octets a message, and one bit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/pop3/wire/command.h"
#include "store/account.h"

namespace mailkeep::pop3 {

class Maildrop {
 public:
  // Reads INBOX: blocking. What the store refuses is an exception here, since every account has
  // one.
  static Maildrop load(store::Account& account);

  store::MailboxId mailbox() const { return mailbox_; }

  // How many messages there were at log-in, and the highest number.
  std::uint32_t size() const { return static_cast<std::uint32_t>(uids_.size()); }
  // Messages without those marked as deleted, and their octets.
  std::uint32_t remaining() const { return remaining_; }
  std::uint64_t remaining_bytes() const { return remaining_bytes_; }

  // Whether there is such a message and it is not marked as deleted.
  bool has(MessageNumber number) const {
    return number >= 1 && number <= uids_.size() && !deleted_[number - 1];
  }
  bool is_deleted(MessageNumber number) const {
    return number >= 1 && number <= uids_.size() && deleted_[number - 1];
  }

  // Only for numbers that has() is true for.
  store::Uid uid(MessageNumber number) const { return store::Uid{uids_[number - 1]}; }
  std::uint64_t bytes(MessageNumber number) const { return bytes_[number - 1]; }
  // RFC 1939 7: "uidvalidity.uid", which no other message of this mailbox ever gets.
  std::string unique_id(MessageNumber number) const;
  void mark_deleted(MessageNumber number);

  void unmark_all();
  store::UidSet marked() const;

 private:
  store::MailboxId mailbox_;
  std::uint32_t uid_validity_ = 0;
  std::vector<std::uint32_t> uids_;
  std::vector<std::uint64_t> bytes_;
  std::vector<bool> deleted_;
  std::uint32_t remaining_ = 0;
  std::uint64_t remaining_bytes_ = 0;
};

}  // namespace mailkeep::pop3
