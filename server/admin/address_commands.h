// `mailkeep domain add | remove | list` and `mailkeep alias add | remove | list`. Results are exit
// codes; they throw as run_admin_command describes. A running server knows at once.
#pragma once

#include <string>
#include <vector>

#include "server/admin/commands.h"

namespace mailkeep::server {

int domain_add(const AdminContext& context, const std::vector<std::string>& words);
int domain_remove(const AdminContext& context, const std::vector<std::string>& words);
int domain_list(const AdminContext& context, const std::vector<std::string>& words);
int alias_add(const AdminContext& context, const std::vector<std::string>& words);
int alias_remove(const AdminContext& context, const std::vector<std::string>& words);
int alias_list(const AdminContext& context, const std::vector<std::string>& words);

}  // namespace mailkeep::server
