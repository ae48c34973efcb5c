// One LMTP connection from greeting to end (RFC 2033, with the extensions that LHLO lists). Reads
// commands, runs them one after the other, writes the replies; pipelined commands are answered
// together. Whatever a command throws costs that command only (451 4.3.0).
//
// A recipient is acknowledged when its message is durable, and never before. Anybody who can
// connect can deliver, unless the configuration names accounts that may: then they log in first.
//
// Lives on its stream's executor.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/authenticator.h"
#include "protocol/blocking.h"
#include "protocol/lmtp/address_book.h"
#include "protocol/lmtp/delivery.h"
#include "protocol/lmtp/delivery_services.h"
#include "protocol/lmtp/settings.h"
#include "protocol/lmtp/wire/command.h"
#include "protocol/lmtp/wire/line_reader.h"
#include "protocol/lmtp/wire/reply.h"
#include "protocol/sasl/mechanisms.h"
#include "protocol/session_events.h"
#include "protocol/stream.h"

namespace mailkeep::lmtp {

template <class T>
using Awaitable = protocol::Awaitable<T>;

// What every session shares; all of it outlives the sessions.
struct SessionServices {
  protocol::BlockingPool& pool;
  DeliveryPool& deliveries;
  AddressBook& addresses;
  protocol::SessionEvents& events;
  DeliveryLog& log;
  const Settings& settings;
  protocol::Authenticator* authenticator = nullptr;  // null: nobody can log in
};

class Session {
 public:
  Session(protocol::Stream& stream, const SessionServices& services);

  // The whole session. Returns when it has ended; the caller closes the connection.
  Awaitable<void> run();

 private:
  enum class Next : std::uint8_t { go_on, end };

  // So many octets of a message are gathered before they are handed to the store.
  static constexpr std::size_t kPieceBytes = 128 * 1024;
  // Commands that bring no mail any further, between two messages; then the end.
  static constexpr std::uint32_t kMaxIdleCommands = 1000;

  // A mail transaction (RFC 5321 3.3), from MAIL to the end of the message or RSET.
  struct Transaction {
    Address sender;
    bool utf8 = false;
    std::vector<Address> recipients;
    std::vector<std::vector<Destination>> destinations;  // of the recipients
    std::unique_ptr<Delivery> delivery;                  // from DATA or the first BDAT on
    std::string id;
    bool chunked = false;  // BDAT has been used
    bool broken = false;   // a BDAT was refused: no other may follow (RFC 3030 2)
  };

  const Settings& settings() const { return services_.settings; }

  // session.cpp: lines in, replies out.
  Awaitable<void> serve();
  Awaitable<Next> run_line(std::string_view line);
  Awaitable<Next> run_command(const ParsedCommand& command);
  // Waits for more input, after the replies have gone out. False: the session is over.
  Awaitable<bool> read_input();
  Awaitable<bool> flush();
  Next end(std::string_view reason);
  Next count_bad();
  void reply(int code, std::string_view enhanced, std::string_view text);
  Next refuse(int code, std::string_view enhanced, std::string_view text);
  void report_failure(std::string_view account, std::string_view what);

  // session_commands.cpp
  Awaitable<Next> handle(const LhloCommand& command);
  Awaitable<Next> handle(const MailCommand& command);
  Awaitable<Next> handle(const RcptCommand& command);
  Awaitable<Next> handle(const RsetCommand& command);
  Awaitable<Next> handle(const NoopCommand& command);
  Awaitable<Next> handle(const VrfyCommand& command);
  Awaitable<Next> handle(const HelpCommand& command);
  Awaitable<Next> handle(const QuitCommand& command);
  Awaitable<Next> handle(const StartTlsCommand& command);

  // session_log_in.cpp
  Awaitable<Next> handle(const AuthCommand& command);
  Awaitable<Next> authenticate(const sasl::Mechanism& mechanism,
                               std::optional<std::string> initial);
  Awaitable<std::optional<std::string>> ask();
  Next refuse_log_in(protocol::LoginError error);
  bool needs_log_in() const;
  bool may_show_password() const;
  std::string mechanisms() const;  // each with a space before it; empty: AUTH is not offered

  // session_message.cpp
  Awaitable<Next> handle(const DataCommand& command);
  Awaitable<Next> handle(const BdatCommand& command);
  void begin_delivery();
  // The message up to its end; `rest` gets what was not yet handed to the delivery.
  Awaitable<Next> receive_data(std::string& rest);
  Awaitable<Next> receive_chunk(std::uint64_t octets, std::string& rest);
  Awaitable<Next> skip_chunk(std::uint64_t octets);
  Awaitable<void> write_piece(std::string& piece);
  Awaitable<void> finish_delivery(std::string_view rest);
  bool is_too_big(std::size_t more) const;

  protocol::Stream* stream_;
  SessionServices services_;
  LineReader reader_;
  std::string output_;
  std::string client_;  // of LHLO; empty before
  bool logged_in_ = false;
  std::optional<Transaction> transaction_;
  std::string_view command_name_;
  std::uint32_t bad_commands_ = 0;
  std::uint32_t idle_commands_ = 0;
  bool ended_ = false;
  std::string_view end_reason_ = "closed";
};

}  // namespace mailkeep::lmtp
