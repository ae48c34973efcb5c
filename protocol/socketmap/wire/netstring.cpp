#include "protocol/socketmap/wire/netstring.h"

#include <algorithm>
#include <charconv>

#include "mime/text/ascii.h"

namespace mailkeep::socketmap {

RequestEvent take_request(std::string& input) {
  const std::size_t colon = input.find(':');
  const std::string_view digits = std::string_view(input).substr(0, colon);
  constexpr std::size_t kMaxDigits = 4;
  if (digits.size() > kMaxDigits || !std::ranges::all_of(digits, mime::is_digit)) return BadInput{};
  if (colon == std::string::npos) return NeedMore{};
  std::size_t length = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc{} || length > kMaxRequestBytes) return BadInput{};
  const std::size_t end = colon + 1 + length;
  if (input.size() <= end) return NeedMore{};
  if (input[end] != ',') return BadInput{};
  const std::string text = input.substr(colon + 1, length);
  input.erase(0, end + 1);
  const std::size_t space = text.find(' ');
  if (space == std::string::npos) return BadInput{};
  return Request{text.substr(0, space), text.substr(space + 1)};
}

std::string netstring(std::string_view text) {
  return std::to_string(text.size()) + ':' + std::string(text) + ',';
}

}  // namespace mailkeep::socketmap
