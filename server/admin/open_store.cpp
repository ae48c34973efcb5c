#include "server/admin/open_store.h"

#include <filesystem>
#include <stdexcept>

#include <unistd.h>

#include "server/auth/account_name.h"
#include "server/run_as.h"

namespace mailkeep::server {

std::shared_ptr<store::Store> open_store(const Config& config, MissingStore missing) {
  if (::geteuid() == 0 && !config.run_as.empty()) {
    if (missing == MissingStore::create) provide_directory(config.data_dir, config.run_as);
    become_user(config.run_as);
  }
  if (missing == MissingStore::refuse &&
      !std::filesystem::exists(config.data_dir / "mailkeep.db")) {
    throw std::runtime_error("no mail data in " + config.data_dir.string() +
                             " (\"mailkeep user add\" makes it)");
  }
  store::StoreOptions options;
  if (config.max_message_bytes != 0) options.max_message_bytes = config.max_message_bytes;
  options.keep_removed = std::chrono::duration_cast<std::chrono::seconds>(config.keep_removed);
  return store::Store::open(config.data_dir, options);
}

std::shared_ptr<store::Account> open_account(store::Store& store, std::string_view name) {
  return expect(store.open_account(checked_account_name(name)), name);
}

std::string checked_account_name(std::string_view name) {
  auto checked = account_name(name);
  if (!checked) {
    throw std::runtime_error(std::string(name) +
                             ": not an account name (1 to 255 octets of printable text)");
  }
  return std::move(*checked);
}

}  // namespace mailkeep::server
