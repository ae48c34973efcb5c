#include "protocol/sasl/scram_exchange.h"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/sasl/base64.h"
#include "protocol/sasl/scram.h"

namespace mailkeep::sasl {
namespace {

// RFC 9266, RFC 5929 3 and 4.
constexpr std::array<std::string_view, 3> kBindings{"tls-exporter", "tls-unique",
                                                    "tls-server-end-point"};
constexpr std::size_t kNonceBytes = 18;

Action failed(const char* why) {
  return {.kind = Action::Kind::failed, .text = why};
}

// "n=..." -> "..."; nothing where it is another attribute, or empty.
std::optional<std::string_view> value_of(std::optional<std::string_view> part, char attribute) {
  if (!part || part->size() < 3 || (*part)[0] != attribute || (*part)[1] != '=') {
    return std::nullopt;
  }
  return part->substr(2);
}

// RFC 5802 7: printable, without a comma.
bool is_nonce(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != ','; });
}

}  // namespace

std::optional<std::string_view> take_part(std::string_view& text, bool may_be_last) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    if (!may_be_last) return std::nullopt;
    return std::exchange(text, {});
  }
  const std::string_view part = text.substr(0, comma);
  text.remove_prefix(comma + 1);
  return part;
}

std::optional<std::string> decode_saslname(std::string_view text) {
  std::string name;
  while (!text.empty()) {
    if (text.front() != '=') {
      name.push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    const std::string_view code = text.substr(0, 3);
    if (code != "=2C" && code != "=3D") return std::nullopt;
    name.push_back(code == "=2C" ? ',' : '=');
    text.remove_prefix(3);
  }
  if (name.empty() || name.find('\0') != std::string::npos) return std::nullopt;
  return name;
}

bool offers_binding(const ExchangeContext& context) {
  return context.channel_binding && std::ranges::any_of(kBindings, [&](std::string_view type) {
           return !context.channel_binding(type).empty();
         });
}

ScramExchange::ScramExchange(ExchangeContext context, store::ScramHash hash, bool plus,
                             std::string nonce)
    : context_(std::move(context)),
      hash_(hash),
      plus_(plus),
      nonce_(nonce.empty() ? encode_base64(random_octets(kNonceBytes)) : std::move(nonce)) {}

Action ScramExchange::begin() {
  return {.kind = Action::Kind::challenge};
}

Action ScramExchange::step(std::string response) {
  if (response.size() > kMaxScramBytes) return failed("Too long");
  if (state_ == State::client_first) return client_first(response);
  if (state_ == State::client_final) return client_final(response);
  return failed("The exchange has ended");
}

const char* ScramExchange::take_binding_flag(std::string_view flag) {
  if (flag.starts_with("p=")) {
    if (!plus_) return "No channel binding with this mechanism";
    const std::string_view type = flag.substr(2);
    if (std::ranges::find(kBindings, type) != kBindings.end() && context_.channel_binding) {
      binding_ = context_.channel_binding(type);
    }
    return binding_.empty() ? "No such channel binding" : nullptr;
  }
  if (plus_) return "This mechanism needs channel binding";
  if (flag == "y") return offers_binding(context_) ? "Channel binding is supported" : nullptr;
  return flag == "n" ? nullptr : "Not a SCRAM message";
}

// RFC 5802 7: gs2-header, then [m=...] n=name, r=nonce [, extensions].
Action ScramExchange::client_first(std::string_view message) {
  state_ = State::done;
  std::string_view rest = message;
  const auto flag = take_part(rest);
  const auto authorization = take_part(rest);
  if (!flag || !authorization) return failed("Not a SCRAM message");
  if (const char* const wrong = take_binding_flag(*flag)) return failed(wrong);
  gs2_header_ = message.substr(0, message.size() - rest.size());
  first_bare_ = rest;
  if (rest.starts_with("m=")) return failed("Unknown mandatory extension");
  const auto name = value_of(take_part(rest), 'n');
  const auto nonce = value_of(take_part(rest, true), 'r');
  if (!name || !nonce || !is_nonce(*nonce)) return failed("Not a SCRAM message");
  auto decoded = decode_saslname(*name);
  std::optional<std::string> acting{std::string()};
  // RFC 5801 4 wants a name after "a="; some clients (GNU SASL) leave it out and mean nobody else.
  if (!authorization->empty() && *authorization != "a=") {
    const auto value = value_of(authorization, 'a');
    acting = value ? decode_saslname(*value) : std::nullopt;
  }
  if (!decoded || !acting) return failed("Not a name");
  name_ = std::move(*decoded);
  authorization_ = std::move(*acting);
  nonce_ = std::string(*nonce) + nonce_;
  state_ = State::keys;
  return {.kind = Action::Kind::find_keys, .name = name_, .hash = hash_};
}

Action ScramExchange::use_keys(const ScramRecord& record) {
  if (state_ != State::keys) return failed("The exchange has ended");
  record_ = record;
  state_ = State::client_final;
  server_first_ = "r=" + nonce_ + ",s=" + encode_base64(record.salt) +
                  ",i=" + std::to_string(record.iterations);
  return {.kind = Action::Kind::challenge, .text = server_first_};
}

// RFC 5802 3: what only somebody who knows the password can make of the messages.
bool ScramExchange::is_proof(const ScramCandidate& candidate, std::string_view message,
                             std::string_view proof) const {
  const std::string signature = hmac_of(hash_, candidate.stored_key, message);
  if (proof.size() != signature.size()) return false;
  std::string client_key(proof);
  for (std::size_t i = 0; i < client_key.size(); ++i) {
    client_key[i] = static_cast<char>(client_key[i] ^ signature[i]);
  }
  return same_octets(digest_of(hash_, client_key), candidate.stored_key);
}

// RFC 5802 7: c=binding, r=nonce [, extensions], p=proof.
Action ScramExchange::client_final(std::string_view message) {
  state_ = State::done;
  const std::size_t proof_at = message.rfind(",p=");
  if (proof_at == std::string_view::npos) return failed("Not a SCRAM message");
  const std::string_view without_proof = message.substr(0, proof_at);
  const auto proof = decode_base64(message.substr(proof_at + 3));
  std::string_view rest = without_proof;
  const auto binding = value_of(take_part(rest), 'c');
  const auto nonce = value_of(take_part(rest, true), 'r');
  if (!proof || !binding || !nonce) return failed("Not a SCRAM message");
  const auto bound = decode_base64(*binding);
  if (!bound || !same_octets(*bound, gs2_header_ + binding_)) {
    return failed("The channel binding does not match");
  }
  if (!same_octets(*nonce, nonce_)) return failed("The nonce does not match");
  const std::string all = first_bare_ + ',' + server_first_ + ',' + std::string(without_proof);
  Action action{.kind = Action::Kind::proof, .name = name_, .authorization = authorization_};
  for (const ScramCandidate& candidate : record_.candidates) {
    if (!is_proof(candidate, all, *proof)) continue;
    action.proved = true;
    action.app_password = candidate.app_password;
    action.text = "v=" + encode_base64(hmac_of(hash_, candidate.server_key, all));
    break;
  }
  return action;
}

}  // namespace mailkeep::sasl
