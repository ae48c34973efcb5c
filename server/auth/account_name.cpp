#include "server/auth/account_name.h"

#include "mime/text/ascii.h"
#include "protocol/sasl/plain.h"
#include "protocol/sasl/prepare.h"

namespace mailkeep::server {

std::optional<std::string> account_name(std::string_view typed) {
  if (typed.size() > sasl::kMaxNameBytes) return std::nullopt;
  std::optional<std::string> name = sasl::prepare(typed);
  if (!name || name->empty() || name->size() > sasl::kMaxNameBytes) return std::nullopt;
  for (char& c : *name) c = mime::to_lower(c);
  return name;
}

std::string fill_in_name(std::string_view pattern, std::string_view user,
                         std::string (*escape)(std::string_view)) {
  const std::size_t at = user.rfind('@');
  std::string name;
  const auto put = [&](std::string_view part) {
    name += escape == nullptr ? std::string(part) : escape(part);
  };
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char letter = pattern[i] == '%' && i + 1 < pattern.size() ? pattern[i + 1] : '\0';
    if (letter == 'u') {
      put(user);
    } else if (letter == 'n') {
      put(user.substr(0, at));
    } else if (letter == 'd') {
      put(at == std::string_view::npos ? "" : user.substr(at + 1));
    } else if (letter == '%') {
      name += '%';
    } else {
      name += pattern[i];
      continue;
    }
    ++i;
  }
  return name;
}

}  // namespace mailkeep::server
