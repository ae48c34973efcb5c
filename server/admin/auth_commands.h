// `mailkeep user app-password | suspend | resume | apop` and `mailkeep auth blocked | unblock |
// log`. Results are exit codes; they throw as run_admin_command describes.
#pragma once

#include <string>
#include <vector>

#include "server/admin/commands.h"
#include "store/credentials.h"
#include "store/store.h"

namespace mailkeep::server {

int user_app_password(const AdminContext& context, const std::vector<std::string>& words);
int user_suspend(const AdminContext& context, const std::vector<std::string>& words);
int user_resume(const AdminContext& context, const std::vector<std::string>& words);
int user_apop(const AdminContext& context, const std::vector<std::string>& words);
int auth_blocked(const AdminContext& context, const std::vector<std::string>& words);
int auth_unblock(const AdminContext& context, const std::vector<std::string>& words);
int auth_log(const AdminContext& context, const std::vector<std::string>& words);

// The keys of an account's app passwords, whose salts a new password of its own must share.
std::vector<store::ScramKeys> app_password_keys(store::Credentials& credentials,
                                                std::string_view account);

}  // namespace mailkeep::server
