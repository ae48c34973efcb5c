// The one place that starts coroutines of their own.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/any_io_executor.hpp>

#include "protocol/stream.h"
#include "server/log.h"

namespace mailkeep::server::net {

// Runs `session` on `executor`. What escapes from it is logged with `peer`, never thrown further.
// `ended` is called when it is over, whichever way. Give the coroutine as the value of a call of a
// named function (GCC bug 107288).
void spawn_session(const boost::asio::any_io_executor& executor, protocol::Awaitable<void> session,
                   std::string peer, Log& log, std::move_only_function<void()> ended);

}  // namespace mailkeep::server::net
