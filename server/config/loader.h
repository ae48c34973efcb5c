// From the words of the command line and the configuration file to a Config.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "server/config/config.h"

namespace mailkeep::server {

// Where the configuration is when the command line does not say.
inline constexpr const char* kDefaultConfigFile = "/etc/mailkeep/mailkeep.conf";

struct CommandLine {
  std::filesystem::path config_file;  // empty: not given
  bool help = false;
  bool version = false;
  // Settings given as --SECTION.KEY=VALUE, by name, in order. They take the place of the file's.
  std::vector<std::pair<std::string, std::string>> settings;
  // What is left, in order: the command, its own options and arguments.
  std::vector<std::string> words;
};

class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `arguments` without the program's name. The common options may stand before, between and after
// the words. Throws UsageError.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

// The common options and all settings, for people.
std::string describe_options();

// Reads the file, if there is one, and applies the command line's settings. Throws ConfigError.
Config load_config(const CommandLine& command_line);

// The same from text, as if it were the content of `file`; for tests.
Config load_config_text(const std::string& text, const std::filesystem::path& file,
                        const std::vector<std::pair<std::string, std::string>>& settings = {});

}  // namespace mailkeep::server
