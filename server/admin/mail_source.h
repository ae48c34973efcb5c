// Where imported messages come from, one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "store/types.h"

namespace mailkeep::server {

// One message, or one file, cannot be read; the text names it. Others can.
class MailReadError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ImportedMessage {
  std::string folder;  // UTF-8 with '/' below the mailbox that is imported into; empty: that itself
  store::FlagSet flags;
  store::InternalDate date;
};

class MailSource {
 public:
  // Gets the octets of a message, in order.
  using Write = std::function<void(std::string_view bytes)>;

  virtual ~MailSource() = default;

  // For the progress: octets in all, and those that have been read.
  virtual std::uint64_t total_bytes() const = 0;
  virtual std::uint64_t bytes_done() const = 0;

  // The next message, written to `write`. Nothing: the end. Throws std::runtime_error where a
  // message cannot be read (the text names it); the next call goes on after that one.
  virtual std::optional<ImportedMessage> next(const Write& write) = 0;
  // The message that next() gave last, for complaints: "FILE", "FILE, message 3".
  virtual std::string where() const = 0;
};

}  // namespace mailkeep::server
