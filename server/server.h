// The server: the store, the pool of blocking work, the connection path and the services, from
// start to stop. The program runs one; tests run as many as they like inside their own process:
//
//     Config config = load_config_text("[imap]\nlisten = 127.0.0.1:0\n", "test.conf");
//     Server server(config, log);
//     server.start();
//     connect(server.port("imap"));
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "server/auth/login_services.h"
#include "server/blocking_pool.h"
#include "server/config/config.h"
#include "server/log.h"
#include "server/migration/first_logins.h"
#include "server/net/network.h"
#include "server/services.h"
#include "server/session_log.h"
#include "store/addresses.h"
#include "store/store.h"

namespace mailkeep::server {

class Server {
 public:
  // Reads the certificates and binds the ports. Throws std::runtime_error saying what hinders it.
  // `log` outlives the server.
  Server(Config config, Log& log);
  // Stops it, if it runs.
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens the store and serves. Throws as store::Store::open does. (Binding is apart from this so
  // that rights can be dropped in between.)
  void start();
  // Sessions say goodbye, flag changes are synced; returns when all is ended.
  void stop();

  // The port of "imap", "imaps", "pop3", "pop3s", "lmtp" or "socketmap" (its first TCP address); 0:
  // none.
  std::uint16_t port(std::string_view service) const { return network_->port(service); }
  std::vector<std::pair<std::string, std::string>> addresses() const {
    return network_->addresses();
  }
  std::size_t connections() const { return network_->connections(); }

  const Config& config() const { return config_; }
  // After start().
  store::Store& store() { return *store_; }

  // Reads the certificates again; the log says how that went. From any thread.
  void reload_certificates();

 private:
  void maintain();
  void index_texts();
  // Waits for the next round. True: the last one, as the server stops.
  bool await_round();

  Config config_;
  Log* log_;
  SessionLog session_log_;
  std::shared_ptr<store::Store> store_;
  std::unique_ptr<BlockingPool> pool_;
  std::unique_ptr<FirstLogins> first_logins_;  // where users come from an old server
  std::unique_ptr<LoginServices> logins_;
  std::unique_ptr<store::Addresses> addresses_;
  std::unique_ptr<lmtp::AddressBook> address_book_;
  std::unique_ptr<lmtp::DeliveryPool> deliveries_;
  std::unique_ptr<socketmap::Maps> maps_;
  SharedServices shared_;
  std::unique_ptr<net::Network> network_;

  std::thread maintenance_;
  std::thread text_indexing_;
  std::mutex mutex_;
  std::condition_variable stop_maintenance_;  // and the indexing
  bool stopping_ = false;
};

}  // namespace mailkeep::server
