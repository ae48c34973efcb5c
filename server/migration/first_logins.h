// Accounts move when their users log in for the first time: an IMAP server checks the password, the
// account is made with the mailboxes that are there, and it is filled while it is used.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "server/auth/old_server.h"
#include "server/blocking_pool.h"
#include "server/log.h"
#include "server/migration/account_filler.h"
#include "server/migration/imap_client.h"
#include "store/store.h"

namespace mailkeep::server {

struct FirstLoginOptions {
  RemoteUrl from;
  std::string user = "%u";  // as whom: see fill_in_name()
  bool check_certificate = true;
  std::chrono::milliseconds timeout{10'000};  // of each wait for the old server
  bool creates_accounts = false;  // else only who is here without a password is admitted
  std::size_t log_ins = 8;        // that are checked there at a time
  std::size_t of_address = 4;     // of these, from one address
  // Of all that is said when a password is checked there and mailboxes are made.
  std::chrono::milliseconds longest{30'000};
  std::uint64_t most_bytes = 1 << 20;
  // Whether a name here, with its domain, is one of the old server's.
  std::function<bool(const std::string& name)> is_there = [](const std::string&) { return true; };
  std::size_t waiting = 64;  // those, and those that wait for it
  // How long the user waits for mailboxes to be made.
  std::chrono::milliseconds preparation{5'000};
};

class FirstLogins final : public OldServer {
 public:
  // `log` outlives it.
  FirstLogins(FirstLoginOptions options, const FillerOptions& filler,
              std::shared_ptr<store::Store> store, Log& log);

  // What is under way ends soon; nobody is admitted any more.
  void stop() { filler_.stop(); }

  // A name that is not here, or has no password and was not filled before.
  bool may_admit(const std::string& name) override;
  std::shared_ptr<void> take_place(std::string_view peer) override;
  protocol::BlockingPool& pool() override { return pool_; }
  Verdict admit(const std::string& name, std::string_view password,
                const MakeRecord& make_record) override;
  bool is_filling(const std::string& name) override;
  void welcome_back(const std::string& name, std::string_view password) override;

 private:
  class Turn;

  RemoteLogin login_of(const std::string& name, std::string_view password) const;
  Verdict take_in(const std::string& name, ImapClient& client, const RemoteLogin& login,
                  const MakeRecord& make_record);
  void prepare(const std::string& name, ImapClient& client, const RemoteLogin& login);

  const FirstLoginOptions options_;
  const std::shared_ptr<store::Store> store_;
  Log& log_;
  std::mutex mutex_;
  std::size_t places_ = 0;
  std::map<std::string, std::size_t, std::less<>> places_of_;  // by address
  std::set<std::string, std::less<>> turns_;
  AccountFiller filler_;
  BlockingPool pool_;  // the first to end
};

}  // namespace mailkeep::server
