// The one table of settings: what the configuration file, the command line, the sample file and the
// manual page have in common.
#pragma once

#include <expected>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "server/config/config.h"

namespace mailkeep::server {

struct Setting {
  std::string_view section;  // empty: before the first section
  std::string_view key;
  std::string_view value;          // what stands for the value in help texts: "SIZE"
  std::string_view default_value;  // as it would be written; empty: none
  std::string_view description;    // whole sentences
  bool repeats;                    // may be given more than once
  // Puts a value into the configuration. Relative paths are taken from `base`. An error is the rest
  // of a sentence that begins with the value.
  std::expected<void, std::string> (*apply)(Config& config, const std::string& text,
                                            const std::filesystem::path& base);

  // "data-dir", "imap.listen"
  std::string name() const;
};

std::span<const Setting> setting_table();

// By section and key; null where there is none.
const Setting* find_setting(std::string_view section, std::string_view key);

}  // namespace mailkeep::server
