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

}  // namespace mailkeep::server
