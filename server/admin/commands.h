// The administrator's commands: accounts, mailboxes, import, export, checks. They work on the data
// directory itself, whether or not the server runs.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "server/config/config.h"

namespace mailkeep::server {

// What a command may use; all of it outlives the call.
struct AdminContext {
  const Config& config;
  std::ostream& out;  // results
  std::ostream& err;  // complaints and progress
  std::istream& in;   // passwords
};

// Runs `name` with the words after it, e.g. "user" with {"add", "ann", "--password-stdin"}. Never
// throws: what fails is said on `err`, and the result is one of exit_code.
int run_admin_command(const AdminContext& context, const std::string& name,
                      const std::vector<std::string>& args);

// Prints how the commands are used that `words` name: {"user", "add"}, or {"user"} for all of its
// actions. False: there are none, and nothing was printed.
bool print_admin_usage(std::ostream& out, const std::vector<std::string>& words);

}  // namespace mailkeep::server
