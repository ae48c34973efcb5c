// The mailbox as one POP3 session sees it (RFC 1939 4, 5): INBOX at log-in, numbered from 1. What
// comes or goes later does not change the numbers. Deletions are marks until the end.
//
// 12 octets a message, one bit, and the unique id where it is kept from another server.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/pop3/wire/command.h"
#include "store/account.h"

namespace mailkeep::pop3 {

class Maildrop {
 public:
  struct Options {
    std::string unique_id = "%v.%u";  // a valid format of unique_id.h
    bool hides_deleted = false;       // messages with \Deleted are not there
    std::int64_t expires_before = 0;  // messages that came before (seconds since 1970) have expired
  };

  // Reads INBOX: blocking. What the store refuses is an exception here, since every account has
  // one.
  static Maildrop load(store::Account& account) { return load(account, {}); }
  static Maildrop load(store::Account& account, const Options& options);

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
  // RFC 1939 7: that of the server the message came from, where it was kept; else one which no
  // other message of this mailbox ever gets.
  std::string unique_id(MessageNumber number) const;
  void mark_deleted(MessageNumber number);
  // They were sent whole.
  void mark_retrieved(const store::UidSet& uids) {
    for (const auto& range : uids.ranges()) retrieved_.add(range);
  }

  void unmark_all();
  store::UidSet marked() const;
  const store::UidSet& retrieved() const { return retrieved_; }
  const store::UidSet& expired() const { return expired_; }
  // How long the store keeps messages in INBOX, as its owner wants it; nothing: for ever.
  std::optional<std::chrono::seconds> kept_for() const { return kept_for_; }

 private:
  store::MailboxId mailbox_;
  std::uint32_t uid_validity_ = 0;
  std::vector<std::uint32_t> uids_;
  std::vector<std::pair<store::Uid, std::string>> kept_ids_;  // ascending UIDs
  std::vector<std::uint64_t> bytes_;
  std::vector<bool> deleted_;
  store::UidSet retrieved_;
  store::UidSet expired_;
  std::optional<std::chrono::seconds> kept_for_;
  std::string format_;
  std::uint32_t remaining_ = 0;
  std::uint64_t remaining_bytes_ = 0;
};

}  // namespace mailkeep::pop3
