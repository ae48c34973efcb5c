// The process around a Server: signals, limits, rights, systemd.
#pragma once

#include "server/config/config.h"
#include "server/log.h"

namespace mailkeep::server {

// Serves until SIGTERM or SIGINT; a second one ends the process at once. SIGHUP reads the
// certificates again. Returns an exit status. Call it from the main thread before there are others.
int run_daemon(const Config& config, Log& log);

}  // namespace mailkeep::server
