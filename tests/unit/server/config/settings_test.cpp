#include "server/config/settings.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include <gmock/gmock.h>

#include "server/config/ini_reader.h"
#include "server/config/loader.h"

namespace mailkeep::server {

namespace {

const std::filesystem::path kEtc = std::filesystem::path(MAILKEEP_SOURCE_DIR) / "etc";

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  EXPECT_TRUE(stream.good() || stream.eof()) << file;
  return text.str();
}

// With every run of blanks as one, so that lines may be broken anywhere.
std::string on_one_line(const std::string& text) {
  return std::regex_replace(text, std::regex("\\s+"), " ");
}

// The sample with its defaults in force.
std::string sample_with_defaults() {
  return std::regex_replace(content_of(kEtc / "mailkeep.conf"), std::regex("(^|\n)#([a-z])"),
                            "$1$2");
}

std::string manual() {
  const std::string page = content_of(kEtc / "man/mailkeep.conf.5");
  const std::string plain = std::regex_replace(page, std::regex(R"(\\f[BIR])"), "");
  return on_one_line(std::regex_replace(plain, std::regex(R"(\\-)"), "-"));
}

TEST(Settings, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Setting& setting : setting_table()) {
    EXPECT_TRUE(names.insert(setting.name()).second) << setting.name();
    EXPECT_EQ(find_setting(setting.section, setting.key), &setting);
    EXPECT_TRUE(setting.description.ends_with('.')) << setting.name();
  }
  EXPECT_EQ(find_setting("imap", "listne"), nullptr);
  EXPECT_EQ(find_setting("", "listen"), nullptr);
}

TEST(Settings, StandInTheSampleWithDefaultAndDescription) {
  const std::filesystem::path file = kEtc / "mailkeep.conf";
  const std::vector<IniEntry> entries = read_ini(sample_with_defaults(), file);
  const std::string comments =
      on_one_line(std::regex_replace(content_of(file), std::regex("\n# "), " "));
  for (const Setting& setting : setting_table()) {
    std::vector<std::string> values;
    for (const IniEntry& entry : entries) {
      if (entry.section == setting.section && entry.key == setting.key) {
        values.push_back(entry.value);
      }
    }
    ASSERT_EQ(values.size(), 1U) << setting.name() << " is missing or repeated";
    if (!setting.default_value.empty()) {
      EXPECT_EQ(values.front(), setting.default_value) << setting.name();
    }
    EXPECT_THAT(comments, testing::HasSubstr(std::string(setting.description)));
  }
}

TEST(Settings, StandInTheManualWithDefaultAndDescription) {
  const std::string page = manual();
  for (const Setting& setting : setting_table()) {
    std::string text = ".B " + std::string(setting.key) + " = " + std::string(setting.value) + " " +
                       std::string(setting.description);
    EXPECT_THAT(page, testing::HasSubstr(text));
    if (!setting.default_value.empty()) {
      const std::string value = " Default: " + std::string(setting.default_value) + ".";
      const std::size_t place = page.find(text);
      const std::string entry = page.substr(place, page.find(" .TP", place) - place);
      EXPECT_THAT(entry, testing::HasSubstr(value)) << setting.name();
    }
  }
}

TEST(Settings, OfTheSampleAndTheExamplesAreAccepted) {
  std::vector<std::filesystem::path> files{kEtc / "mailkeep.conf"};
  for (const auto& entry : std::filesystem::directory_iterator(kEtc / "examples")) {
    // Folders hold what belongs to other programs.
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  EXPECT_GT(files.size(), 1U);
  for (const std::filesystem::path& file : files) {
    const Config config = load_config_text(content_of(file), file);
    EXPECT_THAT(config.warnings, testing::ElementsAre()) << file;
  }
  EXPECT_NO_THROW(load_config_text(sample_with_defaults(), kEtc / "mailkeep.conf"));
}

}  // namespace

}  // namespace mailkeep::server
