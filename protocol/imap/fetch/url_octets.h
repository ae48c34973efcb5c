// The octets that an IMAP URL means (RFC 5092 6, RFC 4469 3): of a message or a part of it, in a
// mailbox that the user may read. Whatever is wrong with a URL, the answer is the same: nothing.
//
// Blocking, since it reads from the store. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/imap/fetch/section_reader.h"
#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/wire/imap_url.h"
#include "store/account.h"

namespace mailkeep::imap {

// What relative URLs are relative to: "imap://user@server/mailbox".
struct UrlBase {
  std::string user;
  std::string server;
  std::string mailbox;  // the selected one, as the user says it; empty where there is none
};

// The mailbox that a URL names; empty where it is none of that user's and server's.
std::string mailbox_of(const MessageUrl& url, const UrlBase& base);

class UrlOctets {
 public:
  static std::optional<UrlOctets> find(const MailboxAccess& mailboxes, const UrlBase& base,
                                       std::string_view url);
  static std::optional<UrlOctets> find(const MailboxAccess& mailboxes, const UrlBase& base,
                                       const MessageUrl& url);

  std::uint64_t left() const { return range_.size(); }
  // Appends up to `octets` more to `out`. False: they are not there any more.
  [[nodiscard]] bool read(std::uint64_t octets, std::string& out);

 private:
  std::shared_ptr<store::Account> account_;
  store::MailboxId mailbox_;
  store::Uid uid_;
  OctetRange range_;                   // what is left, of the message or of `fields_`
  std::optional<std::string> fields_;  // header fields that were chosen
};

}  // namespace mailkeep::imap
