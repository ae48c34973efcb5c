#include "server/config/loader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "server/config/ini_reader.h"
#include "server/config/settings.h"
#include "server/config/values.h"

namespace mailkeep::server {

namespace {

namespace po = boost::program_options;
using Texts = std::vector<std::string>;
using Named = std::vector<std::pair<std::string, std::string>>;

po::options_description setting_options() {
  po::options_description options("Settings (in place of the configuration file's)", 100, 60);
  for (const Setting& setting : setting_table()) {
    std::string text(setting.description);
    if (!setting.default_value.empty()) text += fmt::format(" Default: {}.", setting.default_value);
    auto value = std::make_unique<po::typed_value<Texts>>(nullptr);
    value->value_name(std::string(setting.value));
    options.add(boost::shared_ptr<po::option_description>(
        new po::option_description(setting.name().c_str(), value.release(), text.c_str())));
  }
  return options;
}

po::options_description common_options() {
  po::options_description options("Options of every command", 100, 60);
  const std::string file_text =
      fmt::format("The configuration file. Default: {}, if it is there.", kDefaultConfigFile);
  options.add_options()("config,c", po::value<std::string>()->value_name("FILE"),
                        file_text.c_str())("help,h", "Show this text.")("version",
                                                                        "Show the version.");
  return options;
}

// Where a value was written, for errors.
std::string place(const std::filesystem::path& file, const IniEntry& entry) {
  return fmt::format("{}:{}: ", file.string(), entry.line);
}

std::vector<std::string_view> keys_of(std::string_view section) {
  std::vector<std::string_view> keys;
  for (const Setting& setting : setting_table()) {
    if (setting.section == section) keys.push_back(setting.key);
  }
  return keys;
}

std::vector<std::string_view> sections() {
  std::vector<std::string_view> names;
  for (const Setting& setting : setting_table()) {
    const bool known = std::ranges::find(names, setting.section) != names.end();
    if (!setting.section.empty() && !known) names.push_back(setting.section);
  }
  return names;
}

std::string in_section(std::string_view section) {
  return section.empty() ? "before the first section" : fmt::format("in [{}]", section);
}

[[noreturn]] void fail_unknown(const std::filesystem::path& file, const IniEntry& entry) {
  const std::vector<std::string_view> keys = keys_of(entry.section);
  std::string text = place(file, entry);
  if (keys.empty()) {
    text += fmt::format("unknown section [{}]", entry.section);
    const std::string_view guess = nearest(entry.section, sections());
    if (!guess.empty()) text += fmt::format("; did you mean [{}]?", guess);
    throw ConfigError(text + fmt::format(" Valid sections: {}", fmt::join(sections(), ", ")));
  }
  text += fmt::format("unknown key \"{}\" {}", entry.key, in_section(entry.section));
  const auto elsewhere = std::ranges::find(setting_table(), entry.key, &Setting::key);
  if (const std::string_view guess = nearest(entry.key, keys); !guess.empty()) {
    text += fmt::format("; did you mean \"{}\"?", guess);
  } else if (elsewhere != setting_table().end()) {
    text += fmt::format("; it belongs {}.", in_section(elsewhere->section));
  } else {
    text += '.';
  }
  throw ConfigError(text + fmt::format(" Valid keys here: {}", fmt::join(keys, ", ")));
}

void check_entries(const std::vector<IniEntry>& entries, const std::filesystem::path& file) {
  std::map<std::string, std::size_t> first_lines;
  std::map<std::size_t, std::map<std::string, const IniEntry*>> tls_sections;
  for (const IniEntry& entry : entries) {
    const Setting* setting = find_setting(entry.section, entry.key);
    if (setting == nullptr) fail_unknown(file, entry);
    if (entry.section == "tls") {
      if (!tls_sections[entry.section_number].emplace(entry.key, &entry).second) {
        throw ConfigError(place(file, entry) + fmt::format("\"{}\" is given twice in one [tls] "
                                                           "section; begin another [tls] section",
                                                           entry.key));
      }
      continue;
    }
    const auto [first, fresh] = first_lines.emplace(setting->name(), entry.line);
    if (!fresh && !setting->repeats) {
      throw ConfigError(place(file, entry) + fmt::format("\"{}\" {} was given before, in line {}",
                                                         entry.key, in_section(entry.section),
                                                         first->second));
    }
  }
  for (const auto& [number, keys] : tls_sections) {
    if (keys.size() == 2) continue;
    const auto& [key, entry] = *keys.begin();
    throw ConfigError(place(file, *entry) + fmt::format("this [tls] section has a {} but no {}",
                                                        key, key == "key" ? "certificate" : "key"));
  }
}

po::parsed_options parsed(const po::options_description& options, const Named& settings) {
  po::parsed_options result(&options);
  for (const auto& [name, value] : settings) {
    result.options.emplace_back(name, Texts{value});
  }
  return result;
}

Named named(const std::vector<IniEntry>& entries) {
  Named settings;
  for (const IniEntry& entry : entries) {
    settings.emplace_back(find_setting(entry.section, entry.key)->name(), entry.value);
  }
  return settings;
}

std::string machine_name() {
  std::string name(256, '\0');
  if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  name.resize(std::strlen(name.c_str()));
  return parse_hostname(name) ? name : "localhost";
}

// Where the n-th value of a setting comes from, for errors.
struct Origin {
  std::string place;
  std::filesystem::path base;  // of relative paths
};

Origin origin_of(const Setting& setting, std::size_t index, const Named& command_line,
                 const std::vector<IniEntry>& entries, const std::filesystem::path& file) {
  const std::string name = setting.name();
  const auto is_setting = [&name](const auto& given) { return given.first == name; };
  if (std::ranges::any_of(command_line, is_setting)) {
    return {fmt::format("--{}: ", name), std::filesystem::current_path()};
  }
  for (const IniEntry& entry : entries) {
    if (entry.section != setting.section || entry.key != setting.key) continue;
    if (index-- == 0) {
      return {fmt::format("{}{} = {}: ", place(file, entry), entry.key, entry.value),
              std::filesystem::absolute(file).parent_path()};
    }
  }
  return {fmt::format("{}: ", name), std::filesystem::current_path()};
}

void apply(Config& config, const Setting& setting, const std::string& value, const Origin& origin) {
  const auto applied = setting.apply(config, value, origin.base);
  if (!applied) {
    throw ConfigError(fmt::format("{}\"{}\" {}", origin.place, value, applied.error()));
  }
}

// Sources and tokens have what they need.
void check_log_ins(Config& config, const std::string& where) {
  const auto uses = [&](std::string_view source) {
    return std::ranges::find(config.auth_sources, source) != config.auth_sources.end();
  };
  if (uses("passwd-file") && config.passwd_file.empty()) {
    throw ConfigError(where + "[auth] source = passwd-file needs passwd-file = FILE");
  }
  if (uses("ldap") && (config.ldap_url.empty() || config.ldap_bind_name.empty())) {
    throw ConfigError(where + "[auth] source = ldap needs url and bind-name in [ldap]");
  }
  if (uses("migrate")) {
    if (config.migrate_from.empty()) {
      throw ConfigError(where + "[auth] source = migrate needs from = URL in [migrate]");
    }
    if (uses("ldap")) {
      throw ConfigError(where +
                        "[auth] source = migrate does not go with source = ldap, which does not "
                        "tell a wrong password from a name that it does not know");
    }
    if (!uses("accounts") || config.auth_sources.back() != "migrate") {
      throw ConfigError(where +
                        "[auth] source = migrate must be the last, after source = accounts");
    }
  }
  const bool tokens = !config.oauth_keys.empty() || !config.oauth_introspection.empty();
  if (tokens && config.oauth_audiences.empty()) {
    throw ConfigError(where + "[oauth] needs an audience: tokens for others are not for this one");
  }
  for (const net::Endpoint& endpoint : config.auth_service) {
    if (endpoint.is_local()) continue;
    config.warnings.emplace_back("[auth-service] listen = " + endpoint.text() +
                                 ": everybody who can connect there can try passwords");
  }
}

// What only the whole configuration shows.
void check_whole(Config& config, const std::filesystem::path& file) {
  const std::string where = file.empty() ? std::string() : file.string() + ": ";
  const bool certificates = !config.tls.empty();
  if (config.imap.empty() && config.imaps.empty() && config.pop3.empty() && config.pop3s.empty() &&
      config.lmtp.empty()) {
    config.warnings.emplace_back(
        "nothing is served: there is no listen in [imap], [imaps], [pop3], [pop3s] or [lmtp]");
  }
  for (const auto& [name, listen] : {std::pair{"imaps", &config.imaps}, {"pop3s", &config.pop3s}}) {
    if (!listen->empty() && !certificates) {
      throw ConfigError(fmt::format(
          "{}[{}] needs TLS: give a [tls] section with certificate and key", where, name));
    }
  }
  for (const net::TlsIdentity& identity : config.tls) {
    if (identity.key.empty()) {
      throw ConfigError(
          fmt::format("{}the certificate {} has no key", where, identity.certificate.string()));
    }
  }
  for (const net::Endpoint& endpoint : config.lmtp) {
    if (endpoint.is_local() || !config.lmtp_log_in.empty()) continue;
    config.warnings.emplace_back("[lmtp] listen = " + endpoint.text() +
                                 ": everybody who can connect there can deliver mail");
  }
  check_log_ins(config, where);
  if (!certificates && config.plaintext_without_tls == Config::Plaintext::never) {
    config.warnings.emplace_back(
        "nobody can log in: there is no certificate, and plaintext-without-tls is never");
  }
}

Config build(const std::vector<IniEntry>& entries, const std::filesystem::path& file,
             const Named& settings) {
  check_entries(entries, file);
  const po::options_description options = setting_options();
  po::variables_map values;
  po::store(parsed(options, settings), values);  // what is stored first stays
  po::store(parsed(options, named(entries)), values);
  Config config;
  config.file = file;
  for (const Setting& setting : setting_table()) {
    const std::string name = setting.name();
    if (values.count(name) == 0) {
      if (setting.default_value.empty()) continue;
      apply(config, setting, std::string(setting.default_value), {name + ": ", "/"});
      continue;
    }
    const auto& texts = values[name].as<Texts>();
    for (std::size_t index = 0; index < texts.size(); ++index) {
      apply(config, setting, texts[index], origin_of(setting, index, settings, entries, file));
    }
  }
  if (config.hostname.empty()) config.hostname = machine_name();
  check_whole(config, file);
  return config;
}

}  // namespace

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  po::options_description options;
  options.add(common_options()).add(setting_options());
  CommandLine result;
  try {
    // Commands have options of their own, which are passed on; guessing at abbreviations would
    // take them away.
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    const po::parsed_options parsed =
        po::command_line_parser(arguments).options(options).style(style).allow_unregistered().run();
    for (const po::option& option : parsed.options) {
      if (option.unregistered || option.position_key >= 0) {
        result.words.insert(result.words.end(), option.original_tokens.begin(),
                            option.original_tokens.end());
      } else if (option.string_key == "config") {
        result.config_file = option.value.front();
      } else if (option.string_key == "help") {
        result.help = true;
      } else if (option.string_key == "version") {
        result.version = true;
      } else {
        for (const std::string& value : option.value) {
          result.settings.emplace_back(option.string_key, value);
        }
      }
    }
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
  return result;
}

std::string describe_options() {
  std::ostringstream text;
  text << common_options() << '\n' << setting_options();
  return text.str();
}

Config load_config(const CommandLine& command_line) {
  std::filesystem::path file = command_line.config_file;
  if (file.empty()) {
    if (!std::filesystem::exists(kDefaultConfigFile)) return build({}, {}, command_line.settings);
    file = kDefaultConfigFile;
  }
  std::ifstream stream(file);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    throw ConfigError(fmt::format("{}: {}", file.string(), std::strerror(errno)));
  }
  return load_config_text(text.str(), file, command_line.settings);
}

Config load_config_text(const std::string& text, const std::filesystem::path& file,
                        const Named& settings) {
  return build(read_ini(text, file), file, settings);
}

}  // namespace mailkeep::server
