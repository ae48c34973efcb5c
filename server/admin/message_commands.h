// `mailkeep message`: what messages are made of and what is wrong with them.
#pragma once

#include <string>
#include <vector>

#include "server/admin/commands.h"

namespace mailkeep::server {

// `words` are those behind the command's name; the results are exit codes.
int message_explain(const AdminContext& context, const std::vector<std::string>& words);
int message_defects(const AdminContext& context, const std::vector<std::string>& words);

}  // namespace mailkeep::server
