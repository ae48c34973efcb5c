// `mailkeep user add | remove | passwd | list`. Results are exit codes; they throw as
// run_admin_command describes. One account that fails does not keep the others from being done.
#pragma once

#include <string>
#include <vector>

#include "server/admin/commands.h"

namespace mailkeep::server {

int user_add(const AdminContext& context, const std::vector<std::string>& words);
int user_remove(const AdminContext& context, const std::vector<std::string>& words);
int user_passwd(const AdminContext& context, const std::vector<std::string>& words);
// Settings of accounts: capabilities that are turned off.
int user_set(const AdminContext& context, const std::vector<std::string>& words);
int user_list(const AdminContext& context, const std::vector<std::string>& words);

int user_quota(const AdminContext& context, const std::vector<std::string>& words);

}  // namespace mailkeep::server
