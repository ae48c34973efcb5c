#include "server/server.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>

#include "server/delivery/address_book.h"
#include "server/delivery/address_maps.h"
#include "server/delivery/delivery_gate.h"

namespace mailkeep::server {

namespace {

constexpr auto kMaintenanceInterval = std::chrono::seconds(1);
// Mail that comes and goes is served first where processors are busy.
constexpr int kIndexingNice = 10;
// A second with less processor time than this is a quiet one.
constexpr auto kQuiet = std::chrono::milliseconds(50);

net::NetworkSettings network_settings(const Config& config) {
  net::NetworkSettings settings;
  const std::size_t processors = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
  settings.io_threads = config.io_threads == 0 ? processors : config.io_threads;
  settings.connection.write = config.write_timeout;
  settings.gate.total = config.max_connections;
  settings.gate.per_address = config.max_connections_per_address;
  return settings;
}

std::chrono::microseconds processor_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

// Gives free memory back to the system once after each busy time, never during one.
class QuietTrim {
 public:
  // About once a second.
  void tick() {
    const std::chrono::microseconds now = processor_time();
    const bool quiet = now - std::exchange(last_, now) < kQuiet;
    if (quiet && busy_since_trim_) ::malloc_trim(0);
    busy_since_trim_ = !quiet;
  }

 private:
  std::chrono::microseconds last_ = processor_time();
  bool busy_since_trim_ = true;
};

std::unique_ptr<net::TlsProvider> tls_provider(const Config& config) {
  if (config.tls.empty()) return nullptr;
  return std::make_unique<net::TlsProvider>(config.tls, config.client_authorities);
}

store::StoreOptions store_options(const Config& config) {
  store::StoreOptions options;
  options.open_accounts = config.open_accounts;
  options.max_message_bytes = config.max_message_bytes;
  options.text_index = config.text_index;
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  options.keep_removed = duration_cast<seconds>(config.keep_removed);
  options.expire_trash = duration_cast<seconds>(config.expire_trash);
  options.expire_junk = duration_cast<seconds>(config.expire_junk);
  return options;
}

std::unique_ptr<FirstLogins> make_first_logins(const Config& config,
                                               const std::shared_ptr<store::Store>& store,
                                               store::Addresses& addresses, Log& log) {
  if (std::ranges::find(config.auth_sources, "migrate") == config.auth_sources.end()) {
    return nullptr;
  }
  FirstLoginOptions options;
  options.from = parse_remote_url(config.migrate_from).value();
  options.user = config.migrate_user_name;
  const bool tells_domain =
      options.user.find("%u") != std::string::npos || options.user.find("%d") != std::string::npos;
  if (!tells_domain) {
    if (addresses.domains().empty()) {
      throw std::runtime_error(
          "[migrate] user-name has neither %u nor %d: say which domains are the old server's "
          "(mailkeep domain add)");
    }
    // Whoever has the same name in another domain is somebody else.
    options.is_there = [&addresses](const std::string& name) {
      const std::size_t at = name.rfind('@');
      if (at == std::string::npos) return true;
      const auto domains = addresses.domains();
      return std::ranges::find(domains, name.substr(at + 1)) != domains.end();
    };
  }
  options.check_certificate = config.migrate_check_certificate;
  options.timeout = config.migrate_timeout;
  options.creates_accounts = config.create_accounts;
  options.log_ins = config.migrate_log_ins;
  options.waiting = config.migrate_log_ins * 8;
  FillerOptions filler;
  filler.accounts = config.migrate_accounts;
  if (!config.migrate_pop3.empty()) filler.pop3 = parse_remote_url(config.migrate_pop3).value();
  filler.queue = config.migrate_queue;
  filler.connections = static_cast<unsigned>(config.migrate_connections);
  filler.max_message_bytes = config.max_message_bytes;
  return std::make_unique<FirstLogins>(std::move(options), filler, store, log);
}

}  // namespace

Server::Server(Config config, Log& log)
    : config_(std::move(config)),
      log_(&log),
      session_log_(log),
      network_(std::make_unique<net::Network>(
          network_settings(config_), make_services(config_, shared_), tls_provider(config_), log)) {
}

Server::~Server() {
  stop();
}

void Server::start() {
  store_ = store::Store::open(config_.data_dir, store_options(config_));
  pool_ = std::make_unique<BlockingPool>(config_.store_threads);
  addresses_ = std::make_unique<store::Addresses>(config_.data_dir);
  first_logins_ = make_first_logins(config_, store_, *addresses_, *log_);
  logins_ = std::make_unique<LoginServices>(config_, store_, *pool_, login_log(*log_),
                                            first_logins_.get());
  address_book_ =
      std::make_unique<AccountAddressBook>(store_, *addresses_, config_.recipient_delimiter);
  deliveries_ = std::make_unique<DeliveryGate>(*pool_, config_.deliveries_per_account);
  maps_ =
      std::make_unique<AddressMaps>(store_, *addresses_, *address_book_, config_.defer_over_quota);
  shared_ = {.pool = pool_.get(),
             .authenticator = &logins_->authenticator(),
             .events = &session_log_,
             .store = store_.get(),
             .addresses = address_book_.get(),
             .deliveries = deliveries_.get(),
             .delivery_log = &session_log_,
             .maps = maps_.get()};
  network_->start();
  maintenance_ = std::thread([this] { maintain(); });
  text_indexing_ = std::thread([this] { index_texts(); });
  for (const auto& [service, address] : addresses()) {
    log_->info("listening", {{"service", service}, {"address", address}});
  }
}

void Server::stop() {
  if (!maintenance_.joinable()) return;
  if (first_logins_) first_logins_->stop();
  network_->stop(config_.stop_timeout);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_maintenance_.notify_all();
  if (text_indexing_.joinable()) text_indexing_.join();
  maintenance_.join();
  pool_.reset();
  logins_.reset();
  first_logins_.reset();
  deliveries_.reset();
  maps_.reset();
  address_book_.reset();
  addresses_.reset();
  store_.reset();
}

void Server::reload_certificates() {
  if (network_->tls() == nullptr) return;
  try {
    network_->tls()->reload();
    log_->info("certificates_reloaded");
  } catch (const std::exception& error) {
    log_->error("certificates_kept", {{"error", error.what()}});
  }
}

bool Server::await_round() {
  std::unique_lock lock(mutex_);
  return stop_maintenance_.wait_for(lock, kMaintenanceInterval, [this] { return stopping_; });
}

// A thread of its own, since a thread cannot raise its priority again.
void Server::index_texts() {
  pthread_setname_np(pthread_self(), "text-index");
  // Of this thread alone, though POSIX says otherwise; where it is refused, nothing is lost.
  setpriority(PRIO_PROCESS, 0, kIndexingNice);
  while (!await_round()) {
    try {
      store_->index_texts();
    } catch (const std::exception& error) {
      log_->error("text_index_failed", {{"error", error.what()}});
    }
  }
}

void Server::maintain() {
  pthread_setname_np(pthread_self(), "maintenance");
  QuietTrim trim;
  bool last = false;
  while (!last) {
    last = await_round();
    try {
      store_->maintain();
      logins_->maintain();
    } catch (const std::exception& error) {
      log_->error("maintenance_failed", {{"error", error.what()}});
    }
    trim.tick();
  }
}

}  // namespace mailkeep::server
