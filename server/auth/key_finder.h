// What a name's passwords are checked against: the account's own keys and those of its app
// passwords that are good for a protocol now; for a name that is nobody's, keys that no password
// has, which are the same at every look.
//
// Blocking; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/sasl/exchange.h"
#include "store/credentials.h"
#include "store/store.h"

namespace mailkeep::server {

struct FoundKeys {
  bool known = false;  // there is such an account
  store::PasswordRecord own;
  std::vector<store::AppPassword> app_passwords;  // that are good now

  bool has_own() const { return own.iterations != 0; }
  // The keys with a hash that the account shares among its passwords; nothing where it has none.
  std::optional<store::ScramKeys> keys_with(store::ScramHash hash) const;
  // Octets that differ when any of the keys do.
  std::string fingerprint() const;
};

class KeyFinder {
 public:
  // `credentials` may be null: no app passwords.
  KeyFinder(std::shared_ptr<store::Store> store, store::Credentials* credentials);

  // `name` as account_name() makes it; nothing: not even a possible name.
  FoundKeys find(const std::optional<std::string>& name, std::string_view protocol,
                 std::int64_t now) const;
  // For SCRAM. `typed` is the name as the client gave it.
  sasl::ScramRecord scram_record(const FoundKeys& keys, store::ScramHash hash,
                                 std::string_view typed) const;
  // The salt and iterations that a name that is nobody's has.
  store::ScramKeys nobodys_keys(store::ScramHash hash, std::string_view typed) const;

  // What a password fits: empty for the account's own, else an app password's name; nothing: none.
  // Takes milliseconds, as long for names that are nobody's.
  std::optional<std::string> matching(const FoundKeys& keys, std::string_view password,
                                      std::string_view typed) const;

 private:
  std::shared_ptr<store::Store> store_;
  store::Credentials* credentials_;
  std::string secret_;
};

}  // namespace mailkeep::server
