#include "server/auth/oauth_tokens.h"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace mailkeep::server {

OAuthTokens::OAuthTokens(std::filesystem::path keys, TokenRules rules, Introspect introspect)
    : file_(std::move(keys)), rules_(std::move(rules)), introspect_(std::move(introspect)) {}

// Throws std::runtime_error where the file cannot be read or holds no keys: the log-in is then not
// possible, and the log says why.
std::shared_ptr<const KeySet> OAuthTokens::keys() {
  const std::lock_guard lock(mutex_);
  std::error_code error;
  const auto time = std::filesystem::last_write_time(file_, error);
  if (error) throw std::runtime_error(file_.string() + ": " + error.message());
  if (keys_ && time == read_time_) return keys_;
  std::ifstream stream(file_);
  std::ostringstream text;
  text << stream.rdbuf();
  keys_ = std::make_shared<const KeySet>(text.str());
  read_time_ = time;
  return keys_;
}

TokenVerdict OAuthTokens::check(std::string_view token, std::int64_t now) {
  const bool is_signed = looks_like_jwt(token);
  if (introspect_ && (!is_signed || file_.empty())) return ask(token, now);
  if (file_.empty()) return {.detail = "not a JSON Web Token"};
  return check_jwt(token, *keys(), rules_, now);
}

TokenVerdict OAuthTokens::ask(std::string_view token, std::int64_t now) const {
  TokenVerdict verdict;
  std::string problem;
  const std::string answer = introspect_(token, problem);
  if (!problem.empty()) {
    verdict.unavailable = true;
    verdict.detail = "introspection: " + problem;
    return verdict;
  }
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse(answer, error);
  const boost::json::object* object = error ? nullptr : value.if_object();
  const boost::json::value* active = object == nullptr ? nullptr : object->if_contains("active");
  if (active == nullptr || !active->is_bool()) {
    verdict.unavailable = true;
    verdict.detail = "introspection: not an answer of RFC 7662";
    return verdict;
  }
  if (!active->as_bool()) {
    verdict.detail = "the issuer says that the token is not active";
    return verdict;
  }
  return check_claims(answer, rules_, now, false);
}

}  // namespace mailkeep::server
