#include "protocol/sasl/mechanisms.h"

#include <string>

#include <gtest/gtest.h>

namespace mailkeep::sasl {
namespace {

using namespace std::string_literals;
using Kind = Action::Kind;

ExchangeContext with_tls() {
  return {.channel_binding = [](std::string_view type) {
    return type == "tls-exporter" ? std::string("exported") : std::string();
  }};
}

std::string fitting(bool privacy, const ExchangeContext& context) {
  std::string names;
  for (const Mechanism& mechanism : mechanisms()) {
    if (fits(mechanism, privacy, context)) names += std::string(mechanism.name) + ' ';
  }
  return names;
}

std::unique_ptr<Exchange> make(std::string_view name, const ExchangeContext& context = {}) {
  const Mechanism& mechanism = *find_mechanism(name);
  return mechanism.make(mechanism, context);
}

TEST(Mechanisms, FitWhereTheyAreSafe) {
  EXPECT_EQ(fitting(false, {}), "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 ANONYMOUS ");
  EXPECT_EQ(fitting(true, {}),
            "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN OAUTHBEARER XOAUTH2 ANONYMOUS ");
  EXPECT_EQ(fitting(false, with_tls()),
            "SCRAM-SHA-512-PLUS SCRAM-SHA-512 SCRAM-SHA-256-PLUS SCRAM-SHA-256 SCRAM-SHA-1-PLUS "
            "SCRAM-SHA-1 ANONYMOUS ");
  EXPECT_EQ(fitting(false, {.certificate = {"cn:ann"}}),
            "SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 EXTERNAL ANONYMOUS ");
}

TEST(Mechanisms, AreFoundInUpperCase) {
  EXPECT_EQ(find_mechanism("plain"), nullptr);
  EXPECT_EQ(find_mechanism("PLAIN")->name, "PLAIN");
  EXPECT_EQ(find_mechanism("DIGEST-MD5"), nullptr);
  EXPECT_EQ(find_mechanism("SCRAM-SHA-1-PLUS")->hash, store::ScramHash::sha1);
}

TEST(Mechanisms, PlainAndLoginAskForAPassword) {
  const auto plain = make("PLAIN");
  EXPECT_EQ(plain->begin().text, "");
  const Action action = plain->step("bob\0ann\0secret"s);
  EXPECT_EQ(action.kind, Kind::check_password);
  EXPECT_EQ(action.name + ' ' + action.secret + ' ' + action.authorization, "ann secret bob");
  EXPECT_EQ(plain->step("ann").kind, Kind::failed);
  const auto login = make("LOGIN");
  EXPECT_EQ(login->begin().text, "Username:");
  EXPECT_EQ(login->step("ann").text, "Password:");
  EXPECT_EQ(login->step("secret").secret, "secret");
  EXPECT_EQ(login->use_keys({}).kind, Kind::failed);
}

TEST(Mechanisms, ExternalTakesANameOrNone) {  // RFC 4422 Appendix A
  const ExchangeContext context{.certificate = {"email:ann@example.org"}};
  const Action empty = make("EXTERNAL", context)->step("");
  EXPECT_EQ(empty.kind, Kind::certificate);
  EXPECT_EQ(empty.names, context.certificate);
  EXPECT_EQ(make("EXTERNAL", context)->step("bob").authorization, "bob");
  EXPECT_EQ(make("EXTERNAL", context)->step("b\0b"s).kind, Kind::failed);
  EXPECT_EQ(make("EXTERNAL", context)->step(std::string(256, 'x')).kind, Kind::failed);
}

TEST(Mechanisms, AnonymousTakesATrace) {  // RFC 4505 2
  const Action action = make("ANONYMOUS")->step("sirhc");
  EXPECT_EQ(action.kind, Kind::anonymous);
  EXPECT_EQ(action.text, "sirhc");
  EXPECT_EQ(make("ANONYMOUS")->step(std::string(256, 'x')).kind, Kind::failed);
}

}  // namespace
}  // namespace mailkeep::sasl
