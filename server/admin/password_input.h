// Where the administrator's commands get passwords from.
#pragma once

#include <string>
#include <string_view>

#include "server/admin/arguments.h"
#include "server/admin/commands.h"

namespace mailkeep::server {

enum class PasswordSource : std::uint8_t { prompt, stdin_line, generate };

// By --password-stdin and --generate. Throws AdminUsageError for both.
PasswordSource password_source(const Arguments& arguments);

// One password from the source. `prompt` asks twice on the terminal, without showing it; without a
// terminal it is an AdminUsageError. Throws std::runtime_error for an empty password, one of more
// than 1,024 octets, or one that is not UTF-8.
std::string read_password(const AdminContext& context, PasswordSource source);

// 100 random bits in four groups, without letters that look alike.
std::string generate_password();

}  // namespace mailkeep::server
