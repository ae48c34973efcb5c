// `mailkeep undelete` and `mailkeep mailbox expire`. The results are exit codes; they throw as
// run_admin_command describes.
#pragma once

#include <string>
#include <vector>

#include "server/admin/commands.h"

namespace mailkeep::server {

int undelete_list(const AdminContext& context, const std::vector<std::string>& words);
int undelete_restore(const AdminContext& context, const std::vector<std::string>& words);
int mailbox_expire(const AdminContext& context, const std::vector<std::string>& words);

}  // namespace mailkeep::server
