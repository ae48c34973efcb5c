// The server that accounts come from: it knows the password of who has none here yet, and whoever
// gives it there gets an account here, which is filled while it is used.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/blocking.h"
#include "server/auth/login_source.h"
#include "store/store.h"

namespace mailkeep::server {

class OldServer {
 public:
  using MakeRecord = std::function<store::PasswordRecord()>;

  virtual ~OldServer() = default;

  // Whether it is to be asked about a name that has no password here. A look-up in the store.
  virtual bool may_admit(const std::string& name) = 0;
  // Must be held while it is asked; null: too many are already, or too many from this address
  // (protocol::LoginOrigin).
  virtual std::shared_ptr<void> take_place(std::string_view peer) = 0;
  // The threads to ask it on: whoever waits for it keeps nobody else waiting.
  virtual protocol::BlockingPool& pool() = 0;
  struct Verdict {
    LoginSource::Answer answer = LoginSource::Answer::unavailable;
    bool was_sent = false;  // the password, to the old server
    std::string detail;     // what makes it unavailable
  };
  // Asks it; blocking, for as long as it may take. Right: the account is there with the password,
  // and its mail is on its way. Where the name is being asked about already, it is unavailable.
  virtual Verdict admit(const std::string& name, std::string_view password,
                        const MakeRecord& make_record) = 0;
  // Whether mail of an account that is here is still to come. A look-up in the store.
  virtual bool is_filling(const std::string& name) = 0;
  // The right password of such an account: the mail goes on coming.
  virtual void welcome_back(const std::string& name, std::string_view password) = 0;
};

}  // namespace mailkeep::server
