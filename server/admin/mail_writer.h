// Where exported messages go to: a Maildir or an mbox file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::server {

struct ExportedMessage {
  std::uint32_t uid_validity = 0;
  store::Uid uid;
  store::FlagSet flags;
  store::InternalDate date;
  std::uint64_t bytes = 0;
  bool unix_line_ends = false;  // it is given with LF, and had CRLF throughout
};

class MailWriter {
 public:
  virtual ~MailWriter() = default;
  // One message after the other: begin, write any number of times, end.
  virtual void begin(const std::string& mailbox, const ExportedMessage& message) = 0;
  virtual void write(std::string_view bytes) = 0;
  virtual void end() = 0;
  // Everything is on the disk when it returns.
  virtual void finish() = 0;
};

}  // namespace mailkeep::server
