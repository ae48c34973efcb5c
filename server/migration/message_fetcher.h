// Fetches messages of the selected mailbox of another server, straight into uploads.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/migration/imap_client.h"
#include "server/migration/mailbox_plan.h"
#include "store/account.h"

namespace mailkeep::server {

struct FetchedMessages {
  std::vector<store::NewMessage> messages;  // ascending UIDs, each once
  std::uint64_t bytes = 0;
  std::uint64_t gone = 0;               // that are not there any more
  std::uint64_t other_sizes = 0;        // that are not as long as the server had said
  store::UidSet refused;                // there that could not be taken
  std::vector<std::string> complaints;  // of each of these, a sentence
};

class MessageFetcher {
 public:
  MessageFetcher(ImapClient& client, store::Account& account, std::uint64_t max_message_bytes)
      : client_(client), account_(account), max_message_bytes_(max_message_bytes) {}

  // Asks for messages; finish() takes them. Both throw as ImapClient does.
  void begin(std::span<const MissingMessage> wanted);
  FetchedMessages finish();

 private:
  struct Arrived {
    store::MessageUpload upload;
    std::uint64_t announced;  // octets
  };

  static void refuse(FetchedMessages& result, const MissingMessage& message,
                     const std::string& why);
  void receive(FetchedMessages& result);
  bool is_there(std::uint32_t uid);
  void fetch_singly(FetchedMessages& result);
  void take_body(std::uint64_t size, std::string_view octets);
  void take_reply(const FetchReply& reply, FetchedMessages& result);
  ImapClient::FetchSink sink(FetchedMessages& result);

  ImapClient& client_;
  store::Account& account_;
  const std::uint64_t max_message_bytes_;
  std::vector<MissingMessage> wanted_;    // that have not come yet, ascending
  std::vector<MissingMessage> too_long_;  // as the server says: they are not asked for
  std::optional<Arrived> arrived_;        // a body without its reply yet
};

}  // namespace mailkeep::server
