// Domains and aliases of the server, in the directory database. Thread-safe; blocks on the disk;
// changes are durable when a function returns. Failures throw.
//
// Names are compared as given: lower case is the caller's matter.
#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/database.h"

namespace mailkeep::store {

struct Alias {
  std::string address;  // "ann@example.org", "ann", or "@example.org" for what is nobody's there
  std::string target;   // an address or an account's name
};

class Addresses {
 public:
  // Of a data directory that the store has opened before, so that its databases are there and of
  // the newest schema.
  explicit Addresses(const std::filesystem::path& data_dir);

  // False: it was there already, or was not there.
  bool add_domain(std::string_view name);
  bool remove_domain(std::string_view name);
  std::vector<std::string> domains();
  // Whether it is one of them, or there are none at all.
  bool is_local(std::string_view domain);

  bool add_alias(const Alias& alias);
  // Without a target: all of the address. How many there were.
  std::size_t remove_alias(std::string_view address, const std::optional<std::string>& target);
  std::vector<Alias> aliases();
  std::vector<std::string> targets(std::string_view address);

 private:
  std::mutex mutex_;
  sqlite::Database database_;
};

}  // namespace mailkeep::store
