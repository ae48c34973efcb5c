// Where imported messages come from, one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

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
  store::Uid uid{};       // where its folder has a UIDVALIDITY; zero: not known
  std::string pop3_id{};  // as its server told it to POP3 clients; empty: not known
};

struct ImportedFolder {
  std::string folder;
  std::uint32_t uid_validity = 0;  // zero: not known
  store::Uid uid_next{1};
  std::string origin{};  // which one it is, to know it again
};

class MailSource {
 public:
  // Gets the octets of a message, in order.
  using Write = std::function<void(std::string_view bytes)>;

  virtual ~MailSource() = default;

  // All folders, also those without messages, as far as the source knows before it is read.
  virtual std::vector<ImportedFolder> folders() const { return {}; }
  // Folders that are subscribed; nothing where the source does not tell.
  virtual std::optional<std::vector<std::string>> subscriptions() const { return std::nullopt; }

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
