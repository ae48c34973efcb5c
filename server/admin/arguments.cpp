#include "server/admin/arguments.h"

#include <algorithm>

namespace mailkeep::server {
namespace {

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Arguments::Arguments(const std::vector<std::string>& words,
                     const std::vector<std::string_view>& flags,
                     const std::vector<std::string_view>& valued) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") {
      plain_.insert(plain_.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      return;
    }
    if (!word.starts_with("--")) {
      plain_.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    Option option{word.substr(0, equals), std::nullopt};
    const bool has_value = equals != std::string::npos;
    if (find(option.name)) throw AdminUsageError(option.name + " is given twice");
    if (contains(flags, option.name)) {
      if (has_value) throw AdminUsageError(option.name + " takes no value");
    } else if (!contains(valued, option.name)) {
      throw AdminUsageError("unknown option " + option.name);
    } else if (has_value) {
      option.value = word.substr(equals + 1);
    } else if (i + 1 < words.size()) {
      option.value = words[++i];
    } else {
      throw AdminUsageError(option.name + " needs a value");
    }
    options_.push_back(std::move(option));
  }
}

bool Arguments::has(std::string_view flag) const {
  return find(flag) != nullptr;
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  const Option* const found = find(option);
  return found ? found->value : std::nullopt;
}

void Arguments::expect_plain(std::size_t least, std::size_t most, std::string_view names) const {
  if (plain_.size() < least) throw AdminUsageError("missing " + std::string(names));
  if (plain_.size() > most) throw AdminUsageError("too many words: " + plain_[most]);
}

const Arguments::Option* Arguments::find(std::string_view name) const {
  const auto found = std::find_if(options_.begin(), options_.end(),
                                  [&](const Option& option) { return option.name == name; });
  return found == options_.end() ? nullptr : &*found;
}

}  // namespace mailkeep::server
