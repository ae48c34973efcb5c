// What AccountAuthenticator does in the pool: the checks other than an account's own password, and
// opening the account.
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include <openssl/evp.h>

#include "protocol/sasl/scram.h"
#include "server/auth/account_name.h"
#include "server/auth/apop.h"
#include "server/auth/attempt.h"
#include "server/auth/authenticator.h"
#include "server/clock.h"

namespace mailkeep::server {

using protocol::LoginError;

namespace {

// How long others are kept waiting as if an old server had been asked about them.
constexpr std::chrono::milliseconds kLongestRefusal{5'000};

LoginError login_error(store::StoreError error) {
  switch (error) {
    case store::StoreError::account_damaged:
      return LoginError::account_damaged;
    case store::StoreError::account_suspended:
      return LoginError::account_suspended;
    case store::StoreError::no_such_account:  // removed since its password was read
      return LoginError::refused;
    default:
      return LoginError::unavailable;
  }
}

}  // namespace

// The first source that knows the name decides.
bool AccountAuthenticator::try_source(Attempt& attempt, LoginSource& source) {
  if (!attempt.login) return true;
  switch (source.check(*attempt.login, attempt.password, attempt.origin.peer, attempt.detail)) {
    case LoginSource::Answer::right:
      take_over(attempt, source);
      return true;
    case LoginSource::Answer::wrong:
      attempt.denied = true;
      return true;
    case LoginSource::Answer::unavailable:
      attempt.unavailable = true;
      break;
    case LoginSource::Answer::unknown:
      break;
  }
  return false;
}

// A password from elsewhere: the account may have to be made, and where the source is a copy, the
// password becomes the account's own in its own form.
void AccountAuthenticator::take_over(Attempt& attempt, LoginSource& source) {
  attempt.detail = source.name();
  store::PasswordRecord record;
  if (source.is_copy()) record = record_of(attempt);
  if (!attempt.keys.known && options_.creates_accounts) {
    const auto created = parts_.store->create_account(*attempt.login, record);
    attempt.keys.known = created || created.error() == store::StoreError::account_exists;
  } else if (attempt.keys.known && source.is_copy() && !attempt.keys.has_own()) {
    const auto set = parts_.store->set_password(*attempt.login, record);
    static_cast<void>(set);  // where it was refused, the source is asked again next time
  }
  attempt.verified = attempt.keys.known;
  if (!attempt.verified) attempt.detail = "right, but there is no such account";
}

store::PasswordRecord AccountAuthenticator::record_of(const Attempt& attempt) {
  std::vector<store::ScramKeys> like;
  for (const store::AppPassword& password : attempt.keys.app_passwords) {
    like.insert(like.end(), password.keys.begin(), password.keys.end());
  }
  return sasl::make_record(attempt.password, like);
}

bool AccountAuthenticator::is_for_old_server(const Attempt& attempt) const {
  if (parts_.old_server == nullptr || !attempt.login) return false;
  if (attempt.acts_for_other || attempt.keys.has_own() || attempt.denied) return false;
  // It may mean something there, such as a master user's log-in.
  if (attempt.login->find('*') != std::string::npos) return false;
  return parts_.old_server->may_admit(*attempt.login);
}

void AccountAuthenticator::ask_old_server(Attempt& attempt) {
  // Others may have been refused while this one waited for a thread.
  if (is_blocked(attempt)) return;
  const auto begin = std::chrono::steady_clock::now();
  const auto [answer, was_sent, detail] = parts_.old_server->admit(
      *attempt.login, attempt.password, [&] { return record_of(attempt); });
  attempt.was_sent = was_sent && answer != LoginSource::Answer::right;
  if (answer == LoginSource::Answer::right) {
    attempt.verified = true;
    attempt.detail = "the old server's password";
    open(attempt);
  } else if (answer == LoginSource::Answer::unavailable) {
    attempt.fail(LoginError::unavailable, "old server: " + detail);
  } else {
    attempt.detail = "wrong password, or no such account, at the old server";
    const auto time = std::chrono::steady_clock::now() - begin;
    old_server_time_ =
        std::min(std::chrono::duration_cast<std::chrono::milliseconds>(time), kLongestRefusal);
  }
}

// Log-ins that show the password are the chance to make keys for SCRAM with other hashes.
void AccountAuthenticator::add_missing_keys(Attempt& attempt) {
  store::PasswordRecord& own = attempt.keys.own;
  const auto has = [&](store::ScramHash hash) {
    return std::ranges::find(own.others, hash, &store::ScramKeys::hash) != own.others.end();
  };
  bool added = false;
  for (const store::ScramHash hash : {store::ScramHash::sha1, store::ScramHash::sha512}) {
    const std::string mechanism = "SCRAM-" + std::string(sasl::name_of(hash));
    if (has(hash) || options_.disabled_mechanisms.contains(mechanism)) continue;
    const auto shared = attempt.keys.keys_with(hash);
    own.others.push_back(
        shared ? sasl::make_keys(hash, attempt.password, shared->salt, shared->iterations)
               : sasl::make_keys(hash, attempt.password, sasl::random_octets(sasl::kSaltBytes),
                                 sasl::kDefaultIterations));
    added = true;
  }
  if (!added) return;
  // The password may have been changed since it was looked up.
  const FoundKeys now = keys_.find(attempt.login, attempt.origin.protocol, now_in_seconds());
  if (!sasl::same_octets(now.own.stored_key, own.stored_key)) return;
  const auto set = parts_.store->set_password(*attempt.login, own);
  static_cast<void>(set);  // where it was refused, the next log-in tries again
}

void AccountAuthenticator::use_proof(Attempt& attempt, const sasl::Action& action) {
  if (is_blocked(attempt)) return;
  if (!action.proved) {
    attempt.detail = "wrong proof";
    return;
  }
  attempt.app_password = action.app_password;
  if (authorize(attempt)) open(attempt);
}

void AccountAuthenticator::use_token(Attempt& attempt, const sasl::Action& action) {
  attempt.use_name(attempt.target.value_or(std::string()));
  attempt.typed = action.authorization;
  if (is_blocked(attempt)) return;
  const TokenVerdict verdict = parts_.tokens->check(action.secret, now_in_seconds());
  attempt.detail = verdict.detail;
  if (verdict.unavailable) {
    attempt.fail(LoginError::unavailable, verdict.detail);
    return;
  }
  if (!verdict.valid) return;
  const auto name = account_name(verdict.name);
  if (!name || (!action.authorization.empty() && attempt.target != name)) {
    attempt.detail = "the token is for " + verdict.name;
    return;
  }
  attempt.use_name(*name);
  open(attempt);
}

void AccountAuthenticator::use_certificate(Attempt& attempt, const sasl::Action& action) {
  const auto wanted = account_name(action.authorization);
  for (const std::string& name : action.names) {
    std::optional<std::string> account;
    const auto mapped = options_.certificates.find(name);
    if (mapped != options_.certificates.end()) {
      account = account_name(mapped->second);
    } else if (name.starts_with("email:")) {
      account = account_name(std::string_view(name).substr(6));
    } else if (name.starts_with("cn:")) {
      account = account_name(std::string_view(name).substr(3));
    }
    if (!account || (!action.authorization.empty() && account != wanted)) continue;
    if (!parts_.store->find_account(*account)) continue;
    attempt.use_name(*account);
    attempt.detail = name;
    if (!is_blocked(attempt)) open(attempt);
    return;
  }
  attempt.login = wanted;
  attempt.detail = "the certificate is for no such account";
}

void AccountAuthenticator::use_digest(Attempt& attempt, std::string_view timestamp,
                                      std::string_view digest) {
  if (is_blocked(attempt)) return;
  std::string secret;
  if (attempt.login) secret = parts_.store->setting(*attempt.login, kApopSecret).value_or("");
  const std::string right = apop_digest(timestamp, secret);
  if (secret.empty() || !sasl::same_octets(right, digest)) {
    attempt.detail = "wrong digest";
    return;
  }
  if (authorize(attempt)) open(attempt);
}

bool AccountAuthenticator::authorize(Attempt& attempt) {
  if (!attempt.acts_for_other) return true;
  const bool master = attempt.login && attempt.target && attempt.app_password.empty() &&
                      options_.masters.contains(*attempt.login);
  if (!master) {
    attempt.detail = "may not act as another account";
    return false;
  }
  const auto info = parts_.store->find_account(*attempt.login);
  if (!info || info->suspended) {
    attempt.detail = "the master user is suspended";
    return false;
  }
  attempt.detail = "by master user " + *attempt.login;
  return true;
}

void AccountAuthenticator::open(Attempt& attempt) {
  attempt.decided = true;
  if (!attempt.app_password.empty()) attempt.detail = "app password " + attempt.app_password;
  auto account = parts_.store->open_account(*attempt.target);
  if (account) {
    attempt.outcome = std::move(*account);
    if (parts_.limiter != nullptr && attempt.login) {
      parts_.limiter->succeeded(attempt.origin.peer, *attempt.login);
    }
    return;
  }
  attempt.outcome = std::unexpected(login_error(account.error()));
  attempt.detail = store::describe(account.error());
}

}  // namespace mailkeep::server
