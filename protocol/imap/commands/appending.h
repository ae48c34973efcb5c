// One APPEND or REPLACE while it runs: takes what the parser finds, step by step, streams literals
// and the octets of URLs into uploads, and stores the messages in the end, all or none.
//
// Belongs to one session's coroutine; the literal octets come from its reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/imap/commands/append_parser.h"
#include "protocol/imap/fetch/url_octets.h"
#include "protocol/imap/mailbox_access.h"
#include "protocol/imap/reply.h"
#include "protocol/imap/state.h"
#include "protocol/imap/wire/command_reader.h"
#include "protocol/stream.h"
#include "store/account.h"

namespace mailkeep::imap {

class Appending {
 public:
  // `session` must outlive it.
  Appending(Session& session, AppendParser parser)
      : session_(session), parser_(std::move(parser)) {}
  ~Appending();
  Appending(const Appending&) = delete;
  Appending& operator=(const Appending&) = delete;

  // `literal`: what the parser's last step is. Without one, the command is complete.
  protocol::Awaitable<Reply> run(std::optional<NeedLiteral> literal);

 private:
  using Need = AppendParser::Need;

  protocol::Awaitable<void> find_destination(std::uint64_t octets);
  store::StoreResult<void> check_destination();
  protocol::Awaitable<void> take_steps();
  protocol::Awaitable<void> begin_message(AppendStep step);
  protocol::Awaitable<void> copy_url(const std::string& url);
  void refuse(Reply reply);
  // Whether the octets may be added to the last message.
  bool has_room_for(std::uint64_t octets);

  // These give a reply where the command is over.
  protocol::Awaitable<std::optional<Reply>> take_literal(const NeedLiteral& literal);
  protocol::Awaitable<std::optional<Reply>> gather(const NeedLiteral& literal);
  protocol::Awaitable<std::optional<Reply>> receive();
  protocol::Awaitable<std::optional<Reply>> read();
  protocol::Awaitable<std::optional<Reply>> read_on(std::optional<NeedLiteral>& literal);

  // The last message is complete, and another follows.
  protocol::Awaitable<void> set_aside();
  protocol::Awaitable<void> flush_piece();
  void check_last_message();
  void find_replaced();
  protocol::Awaitable<Reply> store();
  store::StoreResult<store::AppendResult> append();
  store::StoreResult<store::AppendResult> put_in();

  // The message of the selected mailbox that goes; 0: none, this is an APPEND.
  store::Uid replaced_{0};

  Session& session_;
  AppendParser parser_;
  Need need_ = Need::nothing;
  std::optional<ReachedMailbox> destination_;
  std::optional<Reply> refusal_;  // what the command will end with; its rest is passed over
  std::vector<store::NewMessage> messages_;
  std::string piece_;                 // octets of the last message that it has not got yet
  std::uint64_t message_octets_ = 0;  // of the last one
  std::uint64_t all_octets_ = 0;
  std::size_t held_bytes_ = 0;  // of messages that are set aside
  bool woken_ = false;          // for something that is told when the command is over
};

}  // namespace mailkeep::imap
