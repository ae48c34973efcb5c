// `mailkeep migrate`. The result is an exit code; it throws as run_admin_command describes.
#pragma once

#include <string>
#include <vector>

#include "server/admin/commands.h"

namespace mailkeep::server {

int migrate_mail(const AdminContext& context, const std::vector<std::string>& words);

}  // namespace mailkeep::server
