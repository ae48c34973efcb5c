// The words after a command's name: options, their values, and the rest.
#pragma once

#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mailkeep::server {

// The command line makes no sense; the text says why.
class AdminUsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Arguments {
 public:
  static constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

  // `flags` are options without a value, `valued` those with one ("--mailbox NAME" or
  // "--mailbox=NAME"). After "--" everything is a plain word. Throws AdminUsageError for others,
  // and for options that are given twice.
  Arguments(const std::vector<std::string>& words, const std::vector<std::string_view>& flags,
            const std::vector<std::string_view>& valued);

  bool has(std::string_view flag) const;
  std::optional<std::string> value(std::string_view option) const;
  // The words that are no options.
  const std::vector<std::string>& plain() const { return plain_; }
  // Throws AdminUsageError unless there are so many plain words (`most` may be kAnyNumber); `names`
  // says what they are.
  void expect_plain(std::size_t least, std::size_t most, std::string_view names) const;

 private:
  struct Option {
    std::string name;
    std::optional<std::string> value;
  };
  const Option* find(std::string_view name) const;

  std::vector<Option> options_;
  std::vector<std::string> plain_;
};

}  // namespace mailkeep::server
