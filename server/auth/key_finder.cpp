#include "server/auth/key_finder.h"

#include <algorithm>
#include <utility>

#include "protocol/sasl/scram.h"

namespace mailkeep::server {

namespace {

using store::ScramHash;
using store::ScramKeys;

bool is_good(const store::AppPassword& password, std::string_view protocol, std::int64_t now) {
  if (password.expires != 0 && password.expires <= now) return false;
  if (password.protocols.empty()) return true;
  std::string_view list = password.protocols;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == protocol) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

const ScramKeys* find(const std::vector<ScramKeys>& keys, ScramHash hash) {
  const auto found = std::ranges::find(keys, hash, &ScramKeys::hash);
  return found == keys.end() ? nullptr : &*found;
}

}  // namespace

std::optional<ScramKeys> FoundKeys::keys_with(ScramHash hash) const {
  const std::vector<ScramKeys> of_own = sasl::keys_of(own);
  if (const ScramKeys* keys = find(of_own, hash)) return *keys;
  for (const store::AppPassword& password : app_passwords) {
    if (const ScramKeys* keys = find(password.keys, hash)) return *keys;
  }
  return std::nullopt;
}

std::string FoundKeys::fingerprint() const {
  std::string octets = own.stored_key;
  for (const store::AppPassword& password : app_passwords) {
    if (const ScramKeys* keys = find(password.keys, ScramHash::sha256)) octets += keys->stored_key;
  }
  return octets;
}

KeyFinder::KeyFinder(std::shared_ptr<store::Store> store, store::Credentials* credentials)
    : store_(std::move(store)),
      credentials_(credentials),
      secret_(credentials ? credentials->secret("salts of nobody") : sasl::random_octets(32)) {}

FoundKeys KeyFinder::find(const std::optional<std::string>& name, std::string_view protocol,
                          std::int64_t now) const {
  FoundKeys keys;
  if (!name) return keys;
  auto record = store_->password_of(*name);
  if (!record) return keys;
  keys.known = true;
  keys.own = std::move(*record);
  if (credentials_ == nullptr) return keys;
  keys.app_passwords = credentials_->app_passwords(*name);
  std::erase_if(keys.app_passwords, [&](const store::AppPassword& password) {
    return !is_good(password, protocol, now);
  });
  return keys;
}

ScramKeys KeyFinder::nobodys_keys(ScramHash hash, std::string_view typed) const {
  std::string text(sasl::name_of(hash));
  text.append(1, '\0').append(typed);
  return {.hash = hash,
          .iterations = sasl::kDefaultIterations,
          .salt = sasl::hmac_of(ScramHash::sha256, secret_, text).substr(0, sasl::kSaltBytes),
          .stored_key = {},
          .server_key = {}};
}

sasl::ScramRecord KeyFinder::scram_record(const FoundKeys& keys, ScramHash hash,
                                          std::string_view typed) const {
  const auto known = keys.keys_with(hash);
  const ScramKeys shared = known ? *known : nobodys_keys(hash, typed);
  sasl::ScramRecord record{.iterations = shared.iterations, .salt = shared.salt, .candidates = {}};
  const auto add = [&](const std::vector<ScramKeys>& all, std::string name) {
    const ScramKeys* one = mailkeep::server::find(all, hash);
    if (one == nullptr || one->salt != shared.salt || one->iterations != shared.iterations) return;
    record.candidates.push_back({one->stored_key, one->server_key, std::move(name)});
  };
  add(sasl::keys_of(keys.own), "");
  for (const store::AppPassword& password : keys.app_passwords) add(password.keys, password.name);
  return record;
}

std::optional<std::string> KeyFinder::matching(const FoundKeys& keys, std::string_view password,
                                               std::string_view typed) const {
  const sasl::ScramRecord record = scram_record(keys, ScramHash::sha256, typed);
  const ScramKeys derived =
      sasl::make_keys(ScramHash::sha256, password, record.salt, record.iterations);
  for (const sasl::ScramCandidate& candidate : record.candidates) {
    if (sasl::same_octets(candidate.stored_key, derived.stored_key)) return candidate.app_password;
  }
  return std::nullopt;
}

}  // namespace mailkeep::server
