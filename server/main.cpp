#include <string>
#include <vector>

#include "server/command_line.h"

int main(int count, char** words) {
  return mailkeep::server::run_program(std::vector<std::string>(words + 1, words + count));
}
