// One message on its way to its recipients: streamed into the accounts, never held whole. Each
// account gets the message once, under the fields of its own (Return-Path, Delivered-To, Received:
// RFC 5321 4.4), however many of the recipients are its; more mailboxes of it share that content.
//
// write() and finish() block; finish() of different accounts may run on different threads at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/lmtp/address_book.h"
#include "store/account.h"
#include "store/message_upload.h"

namespace mailkeep::lmtp {

enum class Outcome : std::uint8_t {
  delivered,         // durable
  delivered_before,  // this message with the same envelope; it is there once
  no_such_account,
  suspended,
  over_quota,
  too_big,
  mailbox_full,  // no more UIDs, or no more room for something else of the account
  account_damaged,
  disk_full,
  failed,  // the machine; trying again may help
};

// What Delivery writes above each message.
struct Trace {
  Address sender;
  std::string received;  // a whole Received field with its line end
  store::InternalDate date;
};

class Delivery {
 public:
  // A message that an account had with the same Message-ID, sender and recipients not longer ago
  // than `suppress` is not stored again; 0: every message is.
  explicit Delivery(Trace trace, std::chrono::seconds suppress = std::chrono::seconds(0))
      : trace_(std::move(trace)), suppress_(suppress) {}

  // Before the first write(). Recipients are numbered in the order they come.
  void add(const Address& address, const std::vector<Destination>& destinations);
  std::size_t recipients() const { return recipients_.size(); }

  // The next octets, for all accounts. An account that fails takes no more; the others go on.
  void write(std::string_view octets);
  // Octets so far, without the fields that are added.
  std::uint64_t size() const { return size_; }

  std::size_t accounts() const { return accounts_.size(); }
  store::AccountId account(std::size_t index) const { return accounts_[index].account->id(); }
  // `rest` of the message, then its end: puts it into the account's mailboxes. Once an account.
  void finish(std::size_t index, std::string_view rest);

  // After all are finished: the worst of what the recipient's accounts say, so that nothing is
  // acknowledged that is not there.
  Outcome outcome(std::size_t recipient) const;

  // What the machine said where an account's outcome is disk_full or failed, for the log.
  struct Failure {
    std::string account;
    std::string what;
  };
  std::vector<Failure> failures() const;

  // The copies that are not as messages should be, for the log.
  struct Defective {
    std::string account;
    std::string mailbox;
    store::Uid uid;
    mime::DefectKinds kinds;
  };
  std::vector<Defective> defective() const;

 private:
  struct AccountPart {
    std::shared_ptr<store::Account> account;
    std::vector<std::string> mailboxes;  // without repetitions
    std::vector<std::string> delivered_to;
    std::unique_ptr<store::MessageUpload> upload;  // from the first write() on
    Outcome outcome = Outcome::failed;             // until finish()
    bool broken = false;
    std::string failure;
    std::vector<Defective> defective;
  };

  AccountPart& part_of(const Destination& destination);
  void begin(AccountPart& part);
  void feed(AccountPart& part, std::string_view octets);
  std::uint64_t envelope_of(const AccountPart& part) const;
  Outcome store_message(AccountPart& part);

  Trace trace_;
  std::chrono::seconds suppress_;
  std::vector<AccountPart> accounts_;
  std::vector<std::vector<std::size_t>> recipients_;  // indices of accounts_
  std::uint64_t size_ = 0;
};

}  // namespace mailkeep::lmtp
