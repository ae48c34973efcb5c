#include "server/config/ini_reader.h"

#include <fmt/format.h>

#include "server/config/config.h"

namespace mailkeep::server {

namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// A comment begins with the line, or after a blank: `#` inside a file name is part of it.
std::string_view without_comment(std::string_view line) {
  for (std::size_t index = 0; index < line.size(); ++index) {
    const bool starts = index == 0 || kBlank.find(line[index - 1]) != std::string_view::npos;
    if (starts && (line[index] == '#' || line[index] == ';')) return line.substr(0, index);
  }
  return line;
}

}  // namespace

std::vector<IniEntry> read_ini(std::string_view text, const std::filesystem::path& file) {
  std::vector<IniEntry> entries;
  std::string section;
  std::size_t section_number = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(without_comment(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    if (line.starts_with('[') && line.ends_with(']')) {
      section = trimmed(line.substr(1, line.size() - 2));
      ++section_number;
      continue;
    }
    const std::size_t equals = line.find('=');
    const std::string_view key = trimmed(line.substr(0, equals));
    if (equals == std::string_view::npos || key.empty()) {
      throw ConfigError(fmt::format("{}:{}: \"{}\" is neither a [section] nor KEY = VALUE",
                                    file.string(), number, line));
    }
    entries.push_back({section, std::string(key), std::string(trimmed(line.substr(equals + 1))),
                       number, section_number});
  }
  return entries;
}

}  // namespace mailkeep::server
