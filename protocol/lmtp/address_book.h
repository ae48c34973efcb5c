// Whose an address is: the seam between sessions and the sources of addresses. The server
// implements it.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "protocol/lmtp/wire/address.h"
#include "store/account.h"

namespace mailkeep::lmtp {

// One place where a message for an address goes.
struct Destination {
  std::shared_ptr<store::Account> account;
  std::string mailbox = "INBOX";
};

enum class AddressError : std::uint8_t {
  unknown,            // nobody here has this address
  foreign,            // its domain is not one of ours
  suspended,          // its account takes no mail for now
  account_damaged,    // the mail cannot be opened; the log says what to run
  broken_alias,       // it leads to an address that is nobody's, or round in circles
  too_many_accounts,  // it leads to more accounts than a message may go to
};

class AddressBook {
 public:
  virtual ~AddressBook() = default;
  // Where a message for the address goes: one destination or more. Any thread; blocks on the disk.
  // Throws where the machine fails.
  virtual std::expected<std::vector<Destination>, AddressError> find(const Address& address) = 0;
};

}  // namespace mailkeep::lmtp
