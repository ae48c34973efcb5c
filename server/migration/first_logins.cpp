#include "server/migration/first_logins.h"

#include <exception>
#include <utility>

#include "protocol/sasl/secret.h"
#include "server/auth/account_name.h"
#include "server/auth/failure_delay.h"
#include "server/migration/migrator.h"

namespace mailkeep::server {

using Answer = LoginSource::Answer;

// Holds a name while somebody is admitted by it; not held: somebody else does.
class FirstLogins::Turn {
 public:
  Turn(FirstLogins& logins, const std::string& name) : logins_(logins), name_(name) {
    const std::lock_guard lock(logins_.mutex_);
    held_ = logins_.turns_.insert(name_).second;
  }
  ~Turn() {
    const std::lock_guard lock(logins_.mutex_);
    if (held_) logins_.turns_.erase(name_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool is_held() const { return held_; }

 private:
  FirstLogins& logins_;
  const std::string& name_;
  bool held_ = false;
};

FirstLogins::FirstLogins(FirstLoginOptions options, const FillerOptions& filler,
                         std::shared_ptr<store::Store> store, Log& log)
    : options_(std::move(options)),
      store_(std::move(store)),
      log_(log),
      filler_(filler, store_, log),
      pool_(options_.log_ins) {}

bool FirstLogins::may_admit(const std::string& name) {
  if (!options_.is_there(name)) return false;
  const auto found = store_->find_account(name);
  if (!found) return options_.creates_accounts;
  if (found->suspended) return false;
  return store_->setting(name, kFilling).value_or("") != kFillingDone;
}

std::shared_ptr<void> FirstLogins::take_place(std::string_view peer) {
  const std::string source = source_of(peer);
  const std::lock_guard lock(mutex_);
  std::size_t& of_source = places_of_[source];
  if (places_ >= options_.waiting || of_source >= options_.of_address) {
    if (of_source == 0) places_of_.erase(source);
    return nullptr;
  }
  ++places_;
  ++of_source;
  return {this, [source](FirstLogins* logins) {
            const std::lock_guard unlock(logins->mutex_);
            --logins->places_;
            if (--logins->places_of_[source] == 0) logins->places_of_.erase(source);
          }};
}

RemoteLogin FirstLogins::login_of(const std::string& name, std::string_view password) const {
  RemoteLogin login;
  login.url = options_.from;
  login.url.user = fill_in_name(options_.user, name);
  login.password = password;
  login.check_certificate = options_.check_certificate;
  login.timeout = options_.timeout;
  login.stop = &filler_.stopped();
  login.require_encryption = true;
  login.quotes_refusals = false;
  return login;
}

OldServer::Verdict FirstLogins::admit(const std::string& name, std::string_view password,
                                      const MakeRecord& make_record) {
  // What would end a line or a field there cannot be a password there.
  if (password.find_first_of(std::string_view("\0\r\n", 3)) != std::string_view::npos) {
    return {.answer = Answer::wrong, .was_sent = false, .detail = {}};
  }
  const Turn turn(*this, name);
  if (!turn.is_held()) {
    return {.answer = Answer::unavailable,
            .was_sent = false,
            .detail = "another log-in by this name is under way"};
  }
  RemoteLogin login = login_of(name, password);
  const sasl::CleanseAtExit wipe(login.password);
  RemoteLogin limited = login;
  const sasl::CleanseAtExit wipe_limited(limited.password);
  limited.deadline = std::chrono::steady_clock::now() + options_.longest;
  limited.most_bytes = options_.most_bytes;
  bool sent = false;
  limited.password_sent = &sent;
  try {
    ImapClient client(limited);
    sent = false;  // what fails from here on does not count as a guess
    return take_in(name, client, login, make_record);
  } catch (const WrongLogin&) {
    return {.answer = Answer::wrong, .was_sent = true, .detail = {}};
  } catch (const std::exception& failure) {
    return {.answer = Answer::unavailable, .was_sent = sent, .detail = failure.what()};
  }
}

// The password comes last: until then nobody else is let in, and whatever stops this, the next
// log-in begins again.
OldServer::Verdict FirstLogins::take_in(const std::string& name, ImapClient& client,
                                        const RemoteLogin& login, const MakeRecord& make_record) {
  const auto refused = [](store::StoreError error) {
    return Verdict{.answer = Answer::unavailable,
                   .was_sent = false,  // no guess: it was right
                   .detail = std::string(store::describe(error))};
  };
  const auto created = store_->create_account(name, {});
  if (!created && created.error() != store::StoreError::account_exists) {
    return refused(created.error());
  }
  const auto before = store_->password_of(name);
  if (!before) return refused(before.error());
  // Meanwhile somebody gave the account a password here, which counts.
  if (before->iterations != 0) {
    return {.answer = Answer::unavailable, .was_sent = false, .detail = "it has moved meanwhile"};
  }
  const auto marked = store_->set_setting(name, kFilling, kFillingBegun);
  if (!marked) return refused(marked.error());
  prepare(name, client, login);
  const auto set = store_->set_password(name, make_record());
  if (!set) return refused(set.error());
  filler_.fill(name, login);
  return {.answer = Answer::right, .was_sent = true, .detail = {}};
}

// What fails here is left to the filling: the password was right.
void FirstLogins::prepare(const std::string& name, ImapClient& client, const RemoteLogin& login) {
  try {
    const auto account = store_->open_account(name);
    if (!account) return;
    const auto deadline = std::chrono::steady_clock::now() + options_.preparation;
    prepare_account(*account, client, login, deadline, filling_watcher(log_, name));
    client.logout();
  } catch (const std::exception& failure) {
    log_.warning("filling_complaint", {{"account", name}, {"what", failure.what()}});
  }
}

bool FirstLogins::is_filling(const std::string& name) {
  return store_->setting(name, kFilling).value_or("") == kFillingBegun;
}

void FirstLogins::welcome_back(const std::string& name, std::string_view password) {
  RemoteLogin login = login_of(name, password);
  const sasl::CleanseAtExit wipe(login.password);
  filler_.fill(name, login);
}

}  // namespace mailkeep::server
