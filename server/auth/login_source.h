// A place other than the accounts' own records that knows whether a password is right: a file, PAM,
// a directory server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailkeep::server {

class LoginSource {
 public:
  enum class Answer : std::uint8_t {
    right,
    wrong,
    unknown,      // it does not know the name: the next source is asked
    unavailable,  // it cannot say; the log says why
  };

  virtual ~LoginSource() = default;

  // Blocking; any thread, several at once. `name` is an account's name as account_name() makes it,
  // `peer` an address without a port, or empty. What makes it unavailable is put into `detail`.
  virtual Answer check(const std::string& name, std::string_view password, std::string_view peer,
                       std::string& detail) = 0;

  // For the log: "passwd-file".
  virtual std::string_view name() const = 0;
  // Whether what it found right is to become the account's own password, so that it need not be
  // asked again: true where it is a copy from elsewhere.
  virtual bool is_copy() const = 0;
};

}  // namespace mailkeep::server
