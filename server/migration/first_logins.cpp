#include "server/migration/first_logins.h"

#include <exception>
#include <utility>

#include "protocol/sasl/secret.h"
#include "server/auth/account_name.h"
#include "server/migration/migrator.h"

namespace mailkeep::server {

using Answer = LoginSource::Answer;

// Holds a name while somebody is admitted by it.
class FirstLogins::Turn {
 public:
  Turn(FirstLogins& logins, const std::string& name) : logins_(logins), name_(name) {
    std::unique_lock lock(logins_.mutex_);
    logins_.changed_.wait(lock, [&] { return !logins_.turns_.contains(name_); });
    logins_.turns_.insert(name_);
  }
  ~Turn() {
    {
      const std::lock_guard lock(logins_.mutex_);
      logins_.turns_.erase(name_);
    }
    logins_.changed_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  FirstLogins& logins_;
  const std::string& name_;
};

FirstLogins::FirstLogins(FirstLoginOptions options, const FillerOptions& filler,
                         std::shared_ptr<store::Store> store, Log& log)
    : options_(std::move(options)),
      store_(std::move(store)),
      log_(log),
      filler_(filler, store_, log),
      pool_(options_.log_ins) {}

bool FirstLogins::may_admit(const std::string& name) {
  const auto found = store_->find_account(name);
  if (!found) return options_.creates_accounts;
  if (found->suspended) return false;
  return store_->setting(name, kFilling).value_or("") != kFillingDone;
}

std::shared_ptr<void> FirstLogins::take_place() {
  std::shared_ptr<void> place(&places_, [this](void*) { --places_; });
  return ++places_ > options_.waiting ? nullptr : place;
}

RemoteLogin FirstLogins::login_of(const std::string& name, std::string_view password) const {
  RemoteLogin login{.url = options_.from,
                    .password = std::string(password),
                    .master = {},
                    .check_certificate = options_.check_certificate,
                    .timeout = options_.timeout,
                    .stop = &filler_.stopped()};
  login.url.user = fill_in_name(options_.user, name);
  return login;
}

Answer FirstLogins::admit(const std::string& name, std::string_view password,
                          const MakeRecord& make_record, std::string& detail) {
  // What would end a line or a field there cannot be a password there.
  if (password.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) {
    return Answer::wrong;
  }
  const Turn turn(*this, name);
  RemoteLogin login = login_of(name, password);
  const sasl::CleanseAtExit wipe(login.password);
  try {
    ImapClient client(login);
    const Answer answer = take_in(name, client, login, make_record, detail);
    client.logout();
    return answer;
  } catch (const WrongLogin&) {
    return Answer::wrong;
  } catch (const std::exception& failure) {
    detail = failure.what();
    return Answer::unavailable;
  }
}

// The password comes last: until then nobody else is let in, and whatever stops this, the next
// log-in begins again.
Answer FirstLogins::take_in(const std::string& name, ImapClient& client, const RemoteLogin& login,
                            const MakeRecord& make_record, std::string& detail) {
  const auto created = store_->create_account(name, {});
  if (!created && created.error() != store::StoreError::account_exists) {
    detail = store::describe(created.error());
    return Answer::unavailable;
  }
  const auto before = store_->password_of(name);
  // Somebody was quicker.
  if (before && before->iterations != 0) return Answer::right;
  const auto marked = store_->set_setting(name, kFilling, kFillingBegun);
  if (!marked) {
    detail = store::describe(marked.error());
    return Answer::unavailable;
  }
  prepare(name, client, login);
  const auto set = store_->set_password(name, make_record());
  if (!set) {
    detail = store::describe(set.error());
    return Answer::unavailable;
  }
  filler_.fill(name, login);
  return Answer::right;
}

// What is refused here is left to the filling.
void FirstLogins::prepare(const std::string& name, ImapClient& client, const RemoteLogin& login) {
  const auto account = store_->open_account(name);
  if (!account) return;
  const auto deadline = std::chrono::steady_clock::now() + options_.preparation;
  prepare_account(*account, client, login, deadline, filling_watcher(log_, name));
}

void FirstLogins::welcome_back(const std::string& name, std::string_view password) {
  if (store_->setting(name, kFilling).value_or("") != kFillingBegun) return;
  filler_.fill(name, login_of(name, password));
}

}  // namespace mailkeep::server
