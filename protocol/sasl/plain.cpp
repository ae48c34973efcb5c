#include "protocol/sasl/plain.h"

#include "mime/text/charset.h"

namespace mailkeep::sasl {

// message = [authzid] UTF8NUL authcid UTF8NUL passwd (RFC 4616 2)
std::optional<PlainMessage> parse_plain(std::string_view message) {
  const std::size_t first = message.find('\0');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = message.find('\0', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view authorization = message.substr(0, first);
  const std::string_view name = message.substr(first + 1, second - first - 1);
  const std::string_view password = message.substr(second + 1);
  if (name.empty() || password.empty()) return std::nullopt;
  if (password.find('\0') != std::string_view::npos) return std::nullopt;
  if (authorization.size() > kMaxNameBytes || name.size() > kMaxNameBytes ||
      password.size() > kMaxPasswordBytes) {
    return std::nullopt;
  }
  if (!mime::is_valid_utf8(message)) return std::nullopt;
  return PlainMessage{std::string(authorization), std::string(name), std::string(password)};
}

}  // namespace mailkeep::sasl
