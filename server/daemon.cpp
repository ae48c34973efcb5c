#include "server/daemon.h"

#include <csignal>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "server/exit_code.h"
#include "server/run_as.h"
#include "server/server.h"

namespace mailkeep::server {

namespace {

// Each thread having its own heap would keep free memory in all of them.
constexpr int kHeaps = 2;
// Descriptors besides the connections': databases, listeners, the log.
constexpr rlim_t kOtherDescriptors = 512;

sigset_t handled_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

void raise_descriptor_limit(const Config& config, Log& log) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t wanted = config.max_connections + 2 * config.open_accounts + kOtherDescriptors;
  if (limit.rlim_cur < wanted) {
    log.warning("few_descriptors",
                {{"limit", limit.rlim_cur},
                 {"wanted", wanted},
                 {"hint", "raise the limit of open files (LimitNOFILE) or lower max-connections"}});
  }
}

void reload(Server& server) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  ::sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                             now.tv_sec * 1'000'000LL + now.tv_nsec / 1000)
                     .c_str());
  server.reload_certificates();
  ::sd_notify(0, "READY=1");
}

// Returns the signal that asks for the end.
int wait_for_end(Server& server, const sigset_t& signals) {
  for (;;) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return signal;
    reload(server);
  }
}

// From here on a second signal has its plain effect: the process ends.
void release_signals(const sigset_t& signals) {
  std::signal(SIGHUP, SIG_IGN);
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void serve(const Config& config, Log& log, const sigset_t& signals) {
  Server server(config, log);
  if (!config.run_as.empty()) {
    become_user(config.run_as);
  } else if (::geteuid() == 0) {
    log.warning("running_as_root", {{"hint", "set run-as to a user that owns the data directory"}});
  }
  server.start();
  log.info("started", {{"version", MAILKEEP_VERSION},
                       {"data_dir", config.data_dir.string()},
                       {"hostname", config.hostname}});
  ::sd_notify(0, "READY=1");
  const int signal = wait_for_end(server, signals);
  ::sd_notify(0, "STOPPING=1");
  log.info("stopping", {{"signal", ::sigabbrev_np(signal)}, {"connections", server.connections()}});
  release_signals(signals);
  server.stop();
  log.info("stopped");
}

}  // namespace

int run_daemon(const Config& config, Log& log) {
  std::signal(SIGPIPE, SIG_IGN);
  ::mallopt(M_ARENA_MAX, kHeaps);
  const sigset_t signals = handled_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  for (const std::string& warning : config.warnings) {
    log.warning("configuration", {{"file", config.file.string()}, {"text", warning}});
  }
  raise_descriptor_limit(config, log);
  try {
    serve(config, log, signals);
    return exit_code::ok;
  } catch (const std::exception& error) {
    log.error("cannot_serve", {{"error", error.what()}});
    return exit_code::unavailable;
  }
}

}  // namespace mailkeep::server
