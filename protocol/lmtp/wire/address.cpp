#include "protocol/lmtp/wire/address.h"

#include <algorithm>

#include "mime/text/ascii.h"
#include "mime/text/charset.h"

namespace mailkeep::lmtp {
namespace {

// RFC 5322 3.2.3 atext and the dots between atoms; RFC 6531 3.3 adds all of UTF-8.
bool is_local_octet(char c) {
  constexpr std::string_view kSpecial = "!#$%&'*+-/=?^_`{|}~.";
  return mime::is_alpha(c) || mime::is_digit(c) || mime::is_eight_bit(c) ||
         kSpecial.find(c) != std::string_view::npos;
}

bool is_domain_octet(char c) {
  return mime::is_alpha(c) || mime::is_digit(c) || mime::is_eight_bit(c) || c == '-' || c == '.' ||
         c == '_';
}

template <class Predicate>
std::string_view take_while(std::string_view& text, Predicate predicate) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), predicate);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

bool accept(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Behind the opening quote; RFC 5321 4.1.2 Quoted-string.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string content;
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '"') return content.empty() ? std::nullopt : std::optional(std::move(content));
    if (c == '\\') {
      if (text.empty()) return std::nullopt;
      c = text.front();
      text.remove_prefix(1);
    }
    const auto value = static_cast<unsigned char>(c);
    if (value < 0x20 || value == 0x7f) return std::nullopt;
    content.push_back(c);
  }
  return std::nullopt;
}

std::optional<std::string> take_domain(std::string_view& text) {
  if (text.starts_with('[')) {  // an address literal (RFC 5321 4.1.3)
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end < 2) return std::nullopt;
    const std::string_view literal = text.substr(0, end + 1);
    const bool plain = std::ranges::all_of(
        literal, [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != '>'; });
    if (!plain) return std::nullopt;
    text.remove_prefix(literal.size());
    return std::string(literal);
  }
  const std::string_view domain = take_while(text, is_domain_octet);
  const bool labels = !domain.empty() && domain.front() != '.' && domain.back() != '.' &&
                      domain.find("..") == std::string_view::npos;
  return labels ? std::optional(std::string(domain)) : std::nullopt;
}

std::optional<Address> take_mailbox(std::string_view& text) {
  const std::string_view before = text;
  Address address;
  if (accept(text, '"')) {
    auto local = take_quoted(text);
    if (!local) return std::nullopt;
    address.local_part = std::move(*local);
  } else {
    address.local_part = take_while(text, is_local_octet);
    if (address.local_part.empty()) return std::nullopt;
  }
  if (accept(text, '@')) {
    auto domain = take_domain(text);
    if (!domain) return std::nullopt;
    address.domain = std::move(*domain);
  }
  const std::string_view taken = before.substr(0, before.size() - text.size());
  if (taken.size() > kMaxAddressBytes || !mime::is_valid_utf8(taken)) return std::nullopt;
  return address;
}

// RFC 5321 4.1.1.3: a source route is taken and ignored.
bool skip_source_route(std::string_view& text) {
  while (accept(text, '@')) {
    if (!take_domain(text)) return false;
    if (accept(text, ':')) return true;
    if (!accept(text, ',')) return false;
  }
  return true;
}

}  // namespace

std::string Address::text() const {
  if (empty()) return {};
  std::string written = local_part;
  if (!std::ranges::all_of(local_part, is_local_octet)) {
    written = '"';
    for (const char c : local_part) {
      if (c == '"' || c == '\\') written.push_back('\\');
      written.push_back(c);
    }
    written.push_back('"');
  }
  return domain.empty() ? written : written + '@' + domain;
}

bool Address::is_ascii() const {
  return std::ranges::none_of(local_part, mime::is_eight_bit) &&
         std::ranges::none_of(domain, mime::is_eight_bit);
}

std::optional<Address> take_path(std::string_view& text, bool may_be_empty) {
  if (!accept(text, '<')) return std::nullopt;
  if (may_be_empty && accept(text, '>')) return Address{};
  if (!skip_source_route(text)) return std::nullopt;
  auto address = take_mailbox(text);
  if (!address || !accept(text, '>')) return std::nullopt;
  return address;
}

std::optional<Address> parse_mailbox(std::string_view text) {
  auto address = take_mailbox(text);
  if (!address || !text.empty()) return std::nullopt;
  return address;
}

}  // namespace mailkeep::lmtp
