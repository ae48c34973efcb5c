#include "protocol/pop3/unique_id.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "mime/text/ascii.h"

namespace mailkeep::pop3 {
namespace {

constexpr std::size_t kMaxIdBytes = 70;  // RFC 1939 7
constexpr std::size_t kMaxWidth = 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kNames{{
    {"mailkeep", "%v.%u"},
    {"dovecot", "%08Xu%08Xv"},
    {"courier", "UID%u-%v"},
    {"cyrus", "%v.%u"},
}};

// One "%...": how a number is written. `letter` is '%' for the sign itself.
struct Field {
  bool zeros = false;
  std::size_t width = 0;
  bool hexadecimal = false;
  char letter = 0;
};

// Takes it off the front of `text`, after its percent sign.
std::optional<Field> take_field(std::string_view& text) {
  Field field;
  const auto next = [&text]() -> char { return text.empty() ? '\0' : text.front(); };
  if (next() == '0') {
    field.zeros = true;
    text.remove_prefix(1);
  }
  while (mime::is_digit(next())) {
    field.width = field.width * 10 + static_cast<std::size_t>(next() - '0');
    if (field.width > kMaxWidth) return std::nullopt;
    text.remove_prefix(1);
  }
  if (next() == 'X') {
    field.hexadecimal = true;
    text.remove_prefix(1);
  }
  field.letter = next();
  if (field.letter != 'u' && field.letter != 'v' && field.letter != '%') return std::nullopt;
  text.remove_prefix(1);
  return field;
}

std::string number(const Field& field, std::uint32_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::uint32_t base = field.hexadecimal ? 16 : 10;
  std::string text;
  do {
    text.push_back(kDigits[value % base]);
    value /= base;
  } while (value != 0);
  while (text.size() < field.width) text.push_back(field.zeros ? '0' : ' ');
  std::ranges::reverse(text);
  return text;
}

}  // namespace

std::expected<std::string, std::string> unique_id_format(std::string_view text) {
  const auto* const named = std::ranges::find(kNames, text, &decltype(kNames)::value_type::first);
  if (named != kNames.end()) text = named->second;
  bool has_uid = false;
  for (std::string_view rest = text; !rest.empty();) {
    const char c = rest.front();
    if (c <= ' ' || c > '~') return std::unexpected("has what is not printable ASCII");
    rest.remove_prefix(1);
    if (c != '%') continue;
    const auto field = take_field(rest);
    const bool blanks = field && field->width > 0 && !field->zeros;
    if (!field || blanks) return std::unexpected("has a % that is not %u, %v, %08Xu or the like");
    has_uid = has_uid || field->letter == 'u';
  }
  if (!has_uid) return std::unexpected("is not mailkeep, dovecot, courier, cyrus or text with %u");
  constexpr std::uint32_t kLongest = std::numeric_limits<std::uint32_t>::max();
  if (unique_id(text, kLongest, kLongest).size() > kMaxIdBytes) {
    return std::unexpected("makes ids of more than 70 octets");
  }
  return std::string(text);
}

std::string unique_id(std::string_view format, std::uint32_t uid, std::uint32_t uid_validity) {
  std::string id;
  while (!format.empty()) {
    const char c = format.front();
    format.remove_prefix(1);
    const auto field = c == '%' ? take_field(format) : std::nullopt;
    if (!field || field->letter == '%') {
      id.push_back(c);
    } else {
      id += number(*field, field->letter == 'u' ? uid : uid_validity);
    }
  }
  return id;
}

}  // namespace mailkeep::pop3
