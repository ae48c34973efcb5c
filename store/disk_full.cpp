#include "store/disk_full.h"

#include <cerrno>
#include <system_error>

#include "store/sqlite/error.h"

namespace mailkeep::store {

bool is_disk_full(const std::exception& failure) {
  if (const auto* error = dynamic_cast<const sqlite::Error*>(&failure)) {
    return error->kind() == sqlite::ErrorKind::disk_full;
  }
  const auto* error = dynamic_cast<const std::system_error*>(&failure);
  if (error == nullptr) return false;
  return error->code() == std::errc::no_space_on_device || error->code().value() == EDQUOT;
}

}  // namespace mailkeep::store
