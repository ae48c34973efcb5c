// `mailkeep mailbox list` and `mailkeep store check`. Results are exit codes; they throw as
// run_admin_command describes.
#pragma once

#include <string>
#include <vector>

#include "server/admin/commands.h"

namespace mailkeep::server {

int mailbox_list(const AdminContext& context, const std::vector<std::string>& words);
// Failed where an account has a problem or cannot be checked; the others are checked all the same.
int store_check(const AdminContext& context, const std::vector<std::string>& words);

}  // namespace mailkeep::server
