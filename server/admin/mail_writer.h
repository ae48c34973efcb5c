// Where exported messages go to: a Maildir or an mbox file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/types.h"

namespace mailkeep::server {

struct ExportedMailbox {
  std::string name;
  std::uint32_t uid_validity = 0;
  store::Uid uid_next{1};
  std::vector<std::string> keywords{};  // that its messages may have
};

struct ExportedMessage {
  store::Uid uid;
  store::FlagSet flags;
  store::InternalDate date;
  std::uint64_t bytes = 0;
  bool unix_line_ends = false;  // it is given with LF, and had CRLF throughout
  std::string pop3_id{};        // empty where POP3 does not show the mailbox
};

class MailWriter {
 public:
  virtual ~MailWriter() = default;
  // One mailbox after the other, also without messages.
  virtual void begin_mailbox(const ExportedMailbox& mailbox) = 0;
  // One message after the other, by UID: begin, write any number of times, end.
  virtual void begin(const ExportedMessage& message) = 0;
  virtual void write(std::string_view bytes) = 0;
  virtual void end() = 0;
  // Everything is on the disk when it returns.
  virtual void finish() = 0;
  // Which mailboxes are subscribed, where that can be written down.
  virtual void subscriptions(const std::vector<std::string>& mailboxes) = 0;
};

}  // namespace mailkeep::server
