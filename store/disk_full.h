// Telling a full disk from other failures of the machine: mail can wait for room.
#pragma once

#include <exception>

namespace mailkeep::store {

// Whether what the store threw says that there is no room on the disk, or none for this user.
bool is_disk_full(const std::exception& failure);

}  // namespace mailkeep::store
