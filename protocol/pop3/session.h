// One POP3 connection from greeting to end (RFC 1939, with CAPA and its kin of RFC 2449, STLS of
// RFC 2595, AUTH of RFC 5034, UTF8 and LANG of RFC 6856). Reads commands, runs them one after the
// other, writes the replies; pipelined commands are answered together. Whatever a command throws
// costs that command only
// (-ERR [SYS/TEMP]).
//
// Lives on its stream's executor.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/authenticator.h"
#include "protocol/blocking.h"
#include "protocol/pop3/maildrop.h"
#include "protocol/pop3/maildrop_gate.h"
#include "protocol/pop3/retrieval.h"
#include "protocol/pop3/settings.h"
#include "protocol/pop3/wire/command.h"
#include "protocol/pop3/wire/encoder.h"
#include "protocol/pop3/wire/line_reader.h"
#include "protocol/sasl/mechanisms.h"
#include "protocol/session_events.h"
#include "protocol/stream.h"
#include "store/account.h"

namespace mailkeep::pop3 {

template <class T>
using Awaitable = protocol::Awaitable<T>;

// What every session shares; all of it outlives the sessions.
struct SessionServices {
  protocol::BlockingPool& pool;
  protocol::Authenticator& authenticator;
  protocol::SessionEvents& events;
  const Settings& settings;
  MaildropGate* gate = nullptr;  // null: no locks and no delays
};

class Session {
 public:
  Session(protocol::Stream& stream, const SessionServices& services);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The whole session. Returns when it has ended; the caller closes the connection.
  Awaitable<void> run();

 private:
  enum class Next : std::uint8_t { go_on, end };

  // Replies wait here while there is more input, until there are this many octets of them.
  static constexpr std::size_t kOutputBytes = 64 * 1024;

  const Settings& settings() const { return services_.settings; }
  State state() const { return account_ ? State::transaction : State::authorization; }

  // session.cpp: lines in, replies out.
  Awaitable<void> serve();
  // The next line, which stays valid until the next call. Otherwise the session is over, or (go_on)
  // the line was refused and answered.
  Awaitable<std::expected<std::string_view, Next>> next_line(std::size_t limit);
  // Ends the session whose account was suspended or removed.
  bool end_if_closed();
  // False: the session is over.
  Awaitable<bool> read_input(std::chrono::steady_clock::time_point deadline);
  Awaitable<Next> run_line(std::string_view line);
  Awaitable<Next> run_command(const ParsedCommand& command);
  // False: the connection is gone.
  Awaitable<bool> flush();
  Awaitable<bool> flush_if_large();
  Next end(std::string_view reason);
  Next count_bad();
  void report_failure(std::string_view what, store::Uid uid = {});
  Next no_such_message(MessageNumber number);

  // session_login.cpp: the AUTHORIZATION state (RFC 1939 4).
  Awaitable<Next> handle(const CapaCommand& command);
  Awaitable<Next> handle(const StlsCommand& command);
  Awaitable<Next> handle(const UserCommand& command);
  Awaitable<Next> handle(const PassCommand& command);
  Awaitable<Next> handle(const AuthCommand& command);
  Awaitable<Next> handle(const ApopCommand& command);
  Awaitable<Next> handle(const Utf8Command& command);
  Awaitable<Next> handle(const LangCommand& command);
  bool may_give_password() const;
  Next refuse_password();
  // A response of the client in an AUTH exchange, decoded. Nothing: the exchange has failed and
  // been answered, or the session is over.
  Awaitable<std::optional<std::string>> ask(std::string challenge);
  std::optional<std::string> decode_response(std::string_view base64);
  Awaitable<Next> authenticate(const sasl::Mechanism& mechanism,
                               std::optional<std::string> initial);
  protocol::LoginOrigin origin(std::string_view mechanism) const;
  Awaitable<Next> finish_log_in(protocol::LoginResult account);
  Next refuse_log_in(protocol::LoginError error);
  // False: another session is in the maildrop, or the last log-in was just now; answered.
  bool enter_maildrop(std::string_view account);

  // session_maildrop.cpp: the TRANSACTION and UPDATE states (RFC 1939 5, 6).
  Awaitable<Next> handle(const QuitCommand& command);
  Awaitable<Next> handle(const NoopCommand& command);
  Awaitable<Next> handle(const StatCommand& command);
  Awaitable<Next> handle(const ListCommand& command);
  Awaitable<Next> handle(const UidlCommand& command);
  Awaitable<Next> handle(const RetrCommand& command);
  Awaitable<Next> handle(const TopCommand& command);
  Awaitable<Next> handle(const DeleCommand& command);
  Awaitable<Next> handle(const RsetCommand& command);
  template <class Value>
  Awaitable<Next> list(std::optional<MessageNumber> message, Value value);
  std::optional<Retrieval> retrieval_of(const Command& command) const;
  // What goes at QUIT.
  store::UidSet leaving() const;
  std::string expiry() const;
  void remove(const store::UidSet& uids);  // blocking
  RetrievalRules rules() const;
  Awaitable<Next> retrieve(Retrieval retrieval);
  Awaitable<Next> retrieve_run(Retrieval first);
  Awaitable<Next> retrieve_long(Retrieval retrieval);

  protocol::Stream* stream_;
  SessionServices services_;
  LineReader reader_;
  std::string output_;
  Encoder encoder_;
  std::string user_;       // of USER, until PASS
  std::string timestamp_;  // of the greeting, for APOP; empty without it
  std::string entered_;    // the account whose maildrop the gate counts this session in
  bool utf8_ = false;      // the client said UTF8
  std::shared_ptr<store::Account> account_;
  store::Watch closing_watch_;  // of the account
  std::optional<Maildrop> maildrop_;
  std::string_view command_name_;
  std::uint32_t bad_commands_ = 0;
  bool ended_ = false;
  std::string_view end_reason_ = "closed";
};

}  // namespace mailkeep::pop3
