#include "protocol/sasl/mechanisms.h"

#include <algorithm>
#include <array>

#include "protocol/sasl/bearer.h"
#include "protocol/sasl/plain.h"
#include "protocol/sasl/scram_exchange.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::sasl {
namespace {

using Kind = Action::Kind;
using Needs = Mechanism::Needs;
using store::ScramHash;

class PlainExchange final : public Exchange {  // RFC 4616
 public:
  Action begin() override { return {.kind = Kind::challenge}; }
  Action step(std::string response) override {
    const CleanseAtExit wipe(response);
    auto message = parse_plain(response);
    if (!message) return {.kind = Kind::failed, .text = "Not a PLAIN message"};
    return {.kind = Kind::check_password,
            .name = std::move(message->name),
            .secret = std::move(message->password),
            .authorization = std::move(message->authorization)};
  }
};

// Never standardised, yet what several clients try first (draft-murchison-sasl-login).
class LoginExchange final : public Exchange {
 public:
  Action begin() override { return {.kind = Kind::challenge, .text = "Username:"}; }
  Action step(std::string response) override {
    if (!has_name_) {
      has_name_ = true;
      name_ = std::move(response);
      return {.kind = Kind::challenge, .text = "Password:"};
    }
    return {.kind = Kind::check_password, .name = std::move(name_), .secret = std::move(response)};
  }

 private:
  bool has_name_ = false;
  std::string name_;
};

// RFC 4422 Appendix A: the name to act as, or nothing.
class ExternalExchange final : public Exchange {
 public:
  explicit ExternalExchange(const ExchangeContext& context) : names_(context.certificate) {}
  Action begin() override { return {.kind = Kind::challenge}; }
  Action step(std::string response) override {
    if (response.size() > kMaxNameBytes || response.find('\0') != std::string::npos) {
      return {.kind = Kind::failed, .text = "Not a name"};
    }
    return {.kind = Kind::certificate,
            .authorization = std::move(response),
            .names = std::move(names_)};
  }

 private:
  std::vector<std::string> names_;
};

class AnonymousExchange final : public Exchange {  // RFC 4505 2
 public:
  Action begin() override { return {.kind = Kind::challenge}; }
  Action step(std::string response) override {
    if (response.size() > kMaxNameBytes) return {.kind = Kind::failed, .text = "Too long"};
    return {.kind = Kind::anonymous, .text = std::move(response)};
  }
};

template <class T>
std::unique_ptr<Exchange> make(const Mechanism&, const ExchangeContext&) {
  return std::make_unique<T>();
}

std::unique_ptr<Exchange> make_external(const Mechanism&, const ExchangeContext& context) {
  return std::make_unique<ExternalExchange>(context);
}

std::unique_ptr<Exchange> make_scram(const Mechanism& self, const ExchangeContext& context) {
  return std::make_unique<ScramExchange>(context, *self.hash, self.needs == Needs::binding);
}

constexpr std::array<Mechanism, 12> kMechanisms{{
    {"SCRAM-SHA-512-PLUS", "RFC 5802", Needs::binding, ScramHash::sha512, make_scram},
    {"SCRAM-SHA-512", "RFC 5802", Needs::nothing, ScramHash::sha512, make_scram},
    {"SCRAM-SHA-256-PLUS", "RFC 7677", Needs::binding, ScramHash::sha256, make_scram},
    {"SCRAM-SHA-256", "RFC 7677", Needs::nothing, ScramHash::sha256, make_scram},
    {"SCRAM-SHA-1-PLUS", "RFC 5802", Needs::binding, ScramHash::sha1, make_scram},
    {"SCRAM-SHA-1", "RFC 5802", Needs::nothing, ScramHash::sha1, make_scram},
    {"PLAIN", "RFC 4616", Needs::privacy, std::nullopt, make<PlainExchange>},
    {"LOGIN", "draft", Needs::privacy, std::nullopt, make<LoginExchange>},
    {"OAUTHBEARER", "RFC 7628", Needs::privacy, std::nullopt, make<OAuthBearerExchange>},
    {"XOAUTH2", "Google", Needs::privacy, std::nullopt, make<XOAuth2Exchange>},
    {"EXTERNAL", "RFC 4422", Needs::certificate, std::nullopt, make_external},
    {"ANONYMOUS", "RFC 4505", Needs::nothing, std::nullopt, make<AnonymousExchange>},
}};

}  // namespace

Action Exchange::use_keys(const ScramRecord&) {
  return {.kind = Kind::failed, .text = "No keys were asked for"};
}

std::span<const Mechanism> mechanisms() {
  return kMechanisms;
}

const Mechanism* find_mechanism(std::string_view name) {
  const auto* const found = std::ranges::find(kMechanisms, name, &Mechanism::name);
  return found == kMechanisms.end() ? nullptr : found;
}

bool fits(const Mechanism& mechanism, bool privacy, const ExchangeContext& context) {
  switch (mechanism.needs) {
    case Needs::nothing:
      return true;
    case Needs::privacy:
      return privacy;
    case Needs::binding:
      return offers_binding(context);
    case Needs::certificate:
      return !context.certificate.empty();
  }
  return false;
}

}  // namespace mailkeep::sasl
