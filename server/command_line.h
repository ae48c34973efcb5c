// The program's commands.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace mailkeep::server {

struct Terminal {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

// Runs the command that `arguments` (without the program's name) ask for, and returns the exit
// status. Throws nothing.
int run_program(const std::vector<std::string>& arguments, const Terminal& terminal);
int run_program(const std::vector<std::string>& arguments);

}  // namespace mailkeep::server
