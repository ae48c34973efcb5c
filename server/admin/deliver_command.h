// `mailkeep deliver`: one message from standard input to accounts, for mail systems that deliver
// through a pipe.
#pragma once

#include <string>
#include <vector>

#include "server/admin/commands.h"

namespace mailkeep::server {

// The exit status is one of sysexits(3), of the recipient that fared worst: 0 only where the
// message is durable for all of them, and temporary_failure wherever trying again may help. Throws
// AdminUsageError and nothing else.
int deliver_mail(const AdminContext& context, const std::vector<std::string>& words);

}  // namespace mailkeep::server
