// One connection of another server that has log-ins checked here, in the protocol of Dovecot's auth
// service (version 1.2): both sides say VERSION; the server tells its mechanisms, SPID, CUID and
// COOKIE, then DONE; the client its CPID. AUTH begins an exchange under a number that the client
// chose; CONT goes on; OK or FAIL ends it. Each request is answered before the next is read.
//
// Lives on its stream's executor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/auth_service/wire/request.h"
#include "protocol/authenticator.h"
#include "protocol/sasl_log_in.h"
#include "protocol/session_events.h"
#include "protocol/stream.h"

namespace mailkeep::auth_service {

template <class T>
using Awaitable = protocol::Awaitable<T>;

// What every session shares; all of it outlives the sessions.
struct SessionServices {
  protocol::Authenticator& authenticator;
  protocol::SessionEvents& events;
};

class Session {
 public:
  static constexpr std::size_t kMaxExchanges = 100;  // at one time

  Session(protocol::Stream& stream, const SessionServices& services);

  // The whole session. Returns when it has ended; the caller closes the connection.
  Awaitable<void> run();

 private:
  // An exchange under way, with what its origin views.
  struct Exchange {
    AuthRequest request;
    std::unique_ptr<protocol::SaslLogIn> log_in;
  };

  void greet();
  Awaitable<void> serve();
  Awaitable<void> run_line(std::string_view line);
  Awaitable<void> run_request(const Request& request);
  Awaitable<void> begin(const AuthRequest& request);
  Awaitable<void> go_on(const ContinueRequest& request);
  bool offers(const sasl::Mechanism& mechanism) const;
  void answer(std::uint32_t id, const protocol::SaslLogIn::Step& step);
  void fail(std::uint32_t id, std::string_view words);
  void end(std::string_view reason);

  protocol::Stream* stream_;
  SessionServices services_;
  std::string input_;
  std::string output_;
  std::map<std::uint32_t, std::unique_ptr<Exchange>> exchanges_;
  bool ended_ = false;
  std::string_view end_reason_ = "closed";
};

}  // namespace mailkeep::auth_service
