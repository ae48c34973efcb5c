#include "server/admin/pop3_id_format.h"

#include <fmt/format.h>

namespace mailkeep::server {
namespace {

constexpr std::size_t kMaxFormatBytes = 100;
constexpr std::size_t kMaxWidth = 20;

// "%08Xu" and its kin.
struct Variable {
  std::size_t width = 0;
  bool zeros = false;
  bool hexadecimal = false;
  char name = 0;
};

// The variable after a '%' at the start of `rest`, taken from it; with name 0 where it is none.
Variable take_variable(std::string_view& rest) {
  Variable variable;
  if (rest.starts_with('0')) variable.zeros = true;
  while (!rest.empty() && rest.front() >= '0' && rest.front() <= '9') {
    variable.width = variable.width * 10 + static_cast<std::size_t>(rest.front() - '0');
    if (variable.width > kMaxWidth) return {};
    rest.remove_prefix(1);
  }
  if (rest.starts_with('x') || rest.starts_with('X')) {
    variable.hexadecimal = true;
    rest.remove_prefix(1);
  }
  if (rest.empty()) return {};
  variable.name = rest.front();
  rest.remove_prefix(1);
  return variable;
}

std::string written(const Variable& variable, std::uint32_t value) {
  std::string digits = fmt::format("{}", value);
  // Small letters, as Dovecot has them for 'X', too.
  if (variable.hexadecimal) digits = fmt::format("{:x}", value);
  if (digits.size() < variable.width) {
    digits.insert(0, variable.width - digits.size(), variable.zeros ? '0' : ' ');
  }
  return digits;
}

}  // namespace

std::optional<Pop3IdFormat> Pop3IdFormat::parse(std::string_view text) {
  if (text == "dovecot") return Pop3IdFormat("%08Xu%08Xv");
  if (text == "courier") return Pop3IdFormat("UID%u-%v");
  if (text == "cyrus") return Pop3IdFormat("%v.%u");
  if (text.size() > kMaxFormatBytes) return std::nullopt;
  bool has_variable = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t percent = rest.find('%');
    if (percent == std::string_view::npos) break;
    rest.remove_prefix(percent + 1);
    const char name = take_variable(rest).name;
    if (name == 'u' || name == 'f') has_variable = true;
    if (name == 0 || std::string_view("uvf%").find(name) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  if (!has_variable) return std::nullopt;  // all messages would have the same id
  return Pop3IdFormat(std::string(text));
}

std::string Pop3IdFormat::make(std::uint32_t uid_validity, std::uint32_t uid,
                               std::string_view file) const {
  std::string id;
  for (std::string_view rest = text_; !rest.empty();) {
    const std::size_t percent = std::min(rest.find('%'), rest.size());
    id += rest.substr(0, percent);
    rest.remove_prefix(std::min(percent + 1, rest.size()));
    if (percent == rest.size() && rest.empty()) break;
    const Variable variable = take_variable(rest);
    if (variable.name == 'u') id += written(variable, uid);
    if (variable.name == 'v') id += written(variable, uid_validity);
    if (variable.name == 'f') id += file;
    if (variable.name == '%') id += '%';
  }
  return id;
}

}  // namespace mailkeep::server
