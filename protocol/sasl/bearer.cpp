#include "protocol/sasl/bearer.h"

#include <algorithm>
#include <utility>

#include "mime/text/ascii.h"
#include "mime/text/charset.h"
#include "protocol/sasl/plain.h"
#include "protocol/sasl/scram_exchange.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::sasl {
namespace {

constexpr char kSeparator = '\x01';

// RFC 6750 2.1: b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
bool is_token(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return mime::is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == '+' || c == '/';
  });
}

// "Bearer TOKEN", in whatever case (RFC 7235: schemes have none).
std::optional<std::string> token_of(std::string_view value) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!mime::equal_ignoring_case(value.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  value.remove_prefix(kScheme.size());
  if (value.size() > kMaxTokenBytes || !is_token(value)) return std::nullopt;
  return std::string(value);
}

// The pairs up to the separator that stands alone and ends the message. Calls `use` with each.
template <class Use>
bool each_pair(std::string_view text, Use use) {
  for (;;) {
    const std::size_t end = text.find(kSeparator);
    if (end == std::string_view::npos) return false;
    if (end == 0) return text.size() == 1;
    const std::string_view pair = text.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) return false;
    use(pair.substr(0, equals), pair.substr(equals + 1));
    text.remove_prefix(end + 1);
  }
}

bool is_name(std::string_view name) {
  return name.size() <= kMaxNameBytes && mime::is_valid_utf8(name) &&
         name.find('\0') == std::string_view::npos;
}

Action use(std::optional<BearerMessage> message) {
  if (!message) return {.kind = Action::Kind::failed, .text = "Not a message with a bearer token"};
  return {.kind = Action::Kind::token,
          .secret = std::move(message->token),
          .authorization = std::move(message->name)};
}

}  // namespace

std::optional<BearerMessage> parse_oauthbearer(std::string_view message) {
  if (message.size() > kMaxBearerBytes) return std::nullopt;
  BearerMessage result;
  const auto flag = take_part(message);
  const auto authorization = take_part(message);
  // RFC 7628 3.1: there is no channel binding with it.
  if (!flag || !authorization || (*flag != "n" && *flag != "y")) return std::nullopt;
  if (!authorization->empty()) {
    if (!authorization->starts_with("a=")) return std::nullopt;
    auto name = decode_saslname(authorization->substr(2));
    if (!name || !is_name(*name)) return std::nullopt;
    result.name = std::move(*name);
  }
  if (!message.starts_with(kSeparator)) return std::nullopt;
  const bool whole =
      each_pair(message.substr(1), [&](std::string_view key, std::string_view value) {
        if (key == "auth") result.token = token_of(value).value_or("");
      });
  if (!whole || result.token.empty()) return std::nullopt;
  return result;
}

std::optional<BearerMessage> parse_xoauth2(std::string_view message) {
  if (message.size() > kMaxBearerBytes) return std::nullopt;
  BearerMessage result;
  const bool whole = each_pair(message, [&](std::string_view key, std::string_view value) {
    if (key == "user") result.name = value;
    if (key == "auth") result.token = token_of(value).value_or("");
  });
  if (!whole || result.token.empty() || result.name.empty() || !is_name(result.name)) {
    return std::nullopt;
  }
  return result;
}

Action OAuthBearerExchange::begin() {
  return {.kind = Action::Kind::challenge};
}

Action OAuthBearerExchange::step(std::string response) {
  const CleanseAtExit wipe(response);
  return use(parse_oauthbearer(response));
}

// RFC 7628 3.2.2
std::string OAuthBearerExchange::refusal() const {
  return R"({"status":"invalid_token"})";
}

Action XOAuth2Exchange::begin() {
  return {.kind = Action::Kind::challenge};
}

Action XOAuth2Exchange::step(std::string response) {
  const CleanseAtExit wipe(response);
  return use(parse_xoauth2(response));
}

std::string XOAuth2Exchange::refusal() const {
  return R"({"status":"401","schemes":"bearer"})";
}

}  // namespace mailkeep::sasl
