#include "server/net/spawn_session.h"

#include <exception>

#include <boost/asio/co_spawn.hpp>

namespace mailkeep::server::net {

namespace {

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

void spawn_session(const boost::asio::any_io_executor& executor, protocol::Awaitable<void> session,
                   std::string peer, Log& log, std::move_only_function<void()> ended) {
  auto completion = [peer = std::move(peer), &log,
                     ended = std::move(ended)](const std::exception_ptr& error) mutable {
    if (error) log.error("session_failed", {{"peer", peer}, {"error", text_of(error)}});
    ended();
  };
  boost::asio::co_spawn(executor, std::move(session), std::move(completion));
}

}  // namespace mailkeep::server::net
