// The lines of a configuration file: sections in brackets, `key = value`, comments after # or ;.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mailkeep::server {

struct IniEntry {
  std::string section;
  std::string key;
  std::string value;
  std::size_t line = 0;            // from 1
  std::size_t section_number = 0;  // which section of the file, from 1; 0 before the first
};

// Throws ConfigError for a line that is none of these. `file` is for the error's text.
std::vector<IniEntry> read_ini(std::string_view text, const std::filesystem::path& file);

}  // namespace mailkeep::server
