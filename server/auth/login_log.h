// Log-ins as lines of the server's log.
#pragma once

#include "server/auth/authenticator.h"
#include "server/log.h"

namespace mailkeep::server {

// `log` outlives the authenticator that gets it.
LoginLog log_logins_to(Log& log);

}  // namespace mailkeep::server
