#include "server/auth/jwt.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "protocol/sasl/base64.h"

namespace mailkeep::server {

namespace json = boost::json;

namespace {

constexpr std::size_t kMaxDepth = 16;

std::optional<json::object> parse_object(std::string_view text) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::string_view text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_string()) return {};
  const json::string& text = value->as_string();
  return {text.data(), text.size()};
}

// A NumericDate (RFC 7519 2), which may have a fraction.
std::optional<std::int64_t> time_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto number = value->to_number<double>(error);
  constexpr double kLatest = 1e15;
  if (error || number < -kLatest || number > kLatest) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

bool holds(const json::value* value, std::string_view wanted) {
  if (value == nullptr) return false;
  if (value->is_string()) return std::string_view(value->as_string()) == wanted;
  if (!value->is_array()) return false;
  return std::ranges::any_of(value->as_array(), [&](const json::value& each) {
    return each.is_string() && std::string_view(each.as_string()) == wanted;
  });
}

// RFC 8693 4.2: a list with spaces between.
bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

TokenVerdict refused(std::string why) {
  TokenVerdict verdict;
  verdict.detail = std::move(why);
  return verdict;
}

std::optional<KeySet::Algorithm> algorithm_named(std::string_view name) {
  if (name == "RS256") return KeySet::Algorithm::rs256;
  if (name == "ES256") return KeySet::Algorithm::es256;
  if (name == "EdDSA") return KeySet::Algorithm::eddsa;
  return std::nullopt;
}

// What is wrong with times; null: nothing.
const char* wrong_time(const json::object& claims, std::int64_t skew, std::int64_t now,
                       bool needs_expiry) {
  const auto expires = time_of(claims, "exp");
  if (!expires && (needs_expiry || claims.contains("exp"))) return "the token has no expiry";
  if (expires && *expires + skew <= now) return "the token has expired";
  for (const char* name : {"nbf", "iat"}) {
    const auto time = time_of(claims, name);
    if (time && *time - skew > now) return "the token is not valid yet";
  }
  return nullptr;
}

}  // namespace

std::string decode_base64url(std::string_view text) {
  std::string usual(text);
  for (char& c : usual) {
    if (c == '+' || c == '/' || c == '=') return {};
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  while (usual.size() % 4 != 0) usual.push_back('=');
  return sasl::decode_base64(usual).value_or("");
}

bool looks_like_jwt(std::string_view token) {
  if (std::ranges::count(token, '.') != 2) return false;
  return parse_object(decode_base64url(token.substr(0, token.find('.')))).has_value();
}

TokenVerdict check_claims(std::string_view text, const TokenRules& rules, std::int64_t now,
                          bool needs_expiry) {
  const auto claims = parse_object(text);
  if (!claims) return refused("the token's claims are no JSON");
  if (const char* wrong = wrong_time(*claims, rules.clock_skew, now, needs_expiry)) {
    return refused(wrong);
  }
  if (!rules.issuer.empty() && text_of(*claims, "iss") != rules.issuer) {
    return refused("the token is of another issuer");
  }
  const json::value* audience = claims->if_contains("aud");
  const bool for_us = std::ranges::any_of(
      rules.audiences, [&](const std::string& one) { return holds(audience, one); });
  if (!rules.audiences.empty() && !for_us) return refused("the token is for another audience");
  if (!rules.scope.empty() && !has_word(text_of(*claims, "scope"), rules.scope) &&
      !holds(claims->if_contains("scp"), rules.scope)) {
    return refused("the token does not have the scope");
  }
  TokenVerdict verdict;
  verdict.name = text_of(*claims, rules.name_claim);
  verdict.valid = !verdict.name.empty();
  if (!verdict.valid) verdict.detail = "the token has no claim " + rules.name_claim;
  return verdict;
}

TokenVerdict check_jwt(std::string_view token, const KeySet& keys, const TokenRules& rules,
                       std::int64_t now) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  if (first == std::string_view::npos || first == second || token.find('.', first + 1) != second) {
    return refused("not a JSON Web Token");
  }
  const auto header = parse_object(decode_base64url(token.substr(0, first)));
  if (!header) return refused("the token's header is no JSON");
  const auto algorithm = algorithm_named(text_of(*header, "alg"));
  if (!algorithm) return refused("the token's algorithm is not accepted");
  // RFC 7515 4.1.11: what must be understood is not.
  if (header->contains("crit")) return refused("the token has critical extensions");
  const std::string signature = decode_base64url(token.substr(second + 1));
  if (!keys.verify(*algorithm, text_of(*header, "kid"), token.substr(0, second), signature)) {
    return refused("the token's signature is not of a known key");
  }
  const std::string claims = decode_base64url(token.substr(first + 1, second - first - 1));
  return check_claims(claims, rules, now, true);
}

}  // namespace mailkeep::server
