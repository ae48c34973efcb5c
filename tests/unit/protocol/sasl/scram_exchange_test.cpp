#include "protocol/sasl/scram_exchange.h"

#include <gtest/gtest.h>

#include "protocol/sasl/base64.h"
#include "protocol/sasl/scram.h"

namespace mailkeep::sasl {
namespace {

using Kind = Action::Kind;
using store::ScramHash;

constexpr std::string_view kServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr const char* kFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
constexpr const char* kFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

ScramRecord record_of(store::ScramHash hash, std::string_view password, std::string_view salt,
                      std::uint32_t iterations = 4096) {
  const store::ScramKeys keys = make_keys(hash, password, salt, iterations);
  return {iterations, std::string(salt), {{keys.stored_key, keys.server_key, ""}}};
}

ScramRecord pencil_record() {
  return record_of(ScramHash::sha256, "pencil", *decode_base64("W22ZaJ0SNY7soEsUEjb6gQ=="));
}

ExchangeContext without_tls() {
  return {.channel_binding = [](std::string_view) { return std::string(); }};
}

ExchangeContext inside_tls() {
  return {.channel_binding = [](std::string_view type) {
    return type == "tls-exporter" ? std::string("exported") : std::string();
  }};
}

ScramExchange exchange(bool plus = false, ExchangeContext context = without_tls()) {
  return {std::move(context), ScramHash::sha256, plus, std::string(kServerNonce)};
}

// RFC 7677 3
TEST(ScramExchange, GoesAsTheRfcShows) {
  ScramExchange scram = exchange();
  EXPECT_EQ(scram.begin().kind, Kind::challenge);
  EXPECT_EQ(scram.begin().text, "");
  const Action first = scram.step(kFirst);
  ASSERT_EQ(first.kind, Kind::find_keys);
  EXPECT_EQ(first.name, "user");
  const Action challenge = scram.use_keys(pencil_record());
  EXPECT_EQ(
      challenge.text,
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
  const Action end = scram.step(kFinal);
  ASSERT_EQ(end.kind, Kind::proof);
  EXPECT_TRUE(end.proved);
  EXPECT_EQ(end.name, "user");
  EXPECT_EQ(end.text, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  EXPECT_EQ(scram.step(kFinal).kind, Kind::failed);  // once only
}

TEST(ScramExchange, AWrongProofProvesNothing) {
  ScramExchange scram = exchange();
  static_cast<void>(scram.step(kFirst));
  static_cast<void>(scram.use_keys(record_of(ScramHash::sha256, "other", "salt")));
  const Action end = scram.step(kFinal);
  EXPECT_EQ(end.kind, Kind::proof);
  EXPECT_FALSE(end.proved);
  EXPECT_EQ(end.text, "");
}

// RFC 5802 5
TEST(ScramExchange, GoesAsTheRfcOfSha1Shows) {
  ScramExchange scram(without_tls(), ScramHash::sha1, false, "3rfcNHYJY1ZVvWVs7j");
  EXPECT_EQ(scram.step("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL").hash, ScramHash::sha1);
  const std::string salt = *decode_base64("QSXCR+Q6sek8bf92");
  EXPECT_EQ(scram.use_keys(record_of(ScramHash::sha1, "pencil", salt)).text,
            "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096");
  const Action end = scram.step(
      "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
  EXPECT_TRUE(end.proved);
  EXPECT_EQ(end.text, "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=");
}

TEST(ScramExchange, AnyOfTheAccountsPasswordsProves) {
  ScramRecord record =
      record_of(ScramHash::sha256, "own", *decode_base64("W22ZaJ0SNY7soEsUEjb6gQ=="));
  record.candidates.push_back(pencil_record().candidates.front());
  record.candidates.back().app_password = "phone";
  ScramExchange scram = exchange();
  static_cast<void>(scram.step(kFirst));
  static_cast<void>(scram.use_keys(record));
  const Action end = scram.step(kFinal);
  EXPECT_TRUE(end.proved);
  EXPECT_EQ(end.app_password, "phone");
  EXPECT_EQ(end.text, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST(ScramExchange, ARecordWithoutAPasswordIsNeverProved) {
  ScramExchange scram = exchange();
  static_cast<void>(scram.step(kFirst));
  static_cast<void>(scram.use_keys({}));
  EXPECT_FALSE(scram.step(kFinal).proved);
}

TEST(ScramExchange, NoncesOfOtherExchangesAreRefused) {
  ScramExchange scram(without_tls(), ScramHash::sha256, false, "fresh");
  static_cast<void>(scram.step(kFirst));
  static_cast<void>(scram.use_keys(pencil_record()));
  EXPECT_EQ(scram.step(kFinal).kind, Kind::failed);  // replayed
  ScramExchange one(without_tls(), ScramHash::sha256, false);
  ScramExchange two(without_tls(), ScramHash::sha256, false);
  static_cast<void>(one.step(kFirst));
  static_cast<void>(two.step(kFirst));
  EXPECT_NE(one.use_keys(pencil_record()).text, two.use_keys(pencil_record()).text);
}

TEST(ScramExchange, NamesMayHoldCommasAndActAsOthers) {
  const Action action = exchange().step("n,a=ad=3Dmin,n=a=2Cb,r=nonce,x=later");
  EXPECT_EQ(action.kind, Kind::find_keys);
  EXPECT_EQ(action.name, "a,b");
  ScramExchange scram = exchange();
  static_cast<void>(scram.step("n,a=ad=3Dmin,n=a=2Cb,r=nonce"));
  static_cast<void>(scram.use_keys(pencil_record()));
  const std::string binding = encode_base64("n,a=ad=3Dmin,");
  const Action end =
      scram.step("c=" + binding + ",r=nonce" + std::string(kServerNonce) + ",p=AAAA");
  EXPECT_EQ(end.kind, Kind::proof);
  EXPECT_EQ(end.authorization, "ad=min");
  EXPECT_FALSE(end.proved);
}

TEST(ScramExchange, AnEmptyNameToActAsIsNone) {  // GNU SASL
  ScramExchange scram = exchange();
  EXPECT_EQ(scram.step("n,a=,n=user,r=nonce").kind, Kind::find_keys);
  static_cast<void>(scram.use_keys(pencil_record()));
  const std::string end = ",r=nonce" + std::string(kServerNonce) + ",p=AAAA";
  EXPECT_EQ(scram.step("c=" + encode_base64("n,a=,") + end).authorization, "");
}

TEST(ScramExchange, RefusesMessagesThatAreNone) {
  for (const char* message :
       {"", "n", "n,", "n,,", "n,,n=user", "n,,r=nonce,n=user", "n,,n=,r=nonce", "n,,n=a=b,r=nonce",
        "n,,n=a=2c,r=nonce", "n,,m=ext,n=user,r=nonce", "x,,n=user,r=nonce", "n,b=c,n=user,r=nonce",
        "n,,n=user,r=", "n,,n=user,r=no nce"}) {
    EXPECT_EQ(exchange().step(message).kind, Kind::failed) << message;
  }
  EXPECT_EQ(exchange().step("n,,n=" + std::string(kMaxScramBytes, 'a') + ",r=n").kind,
            Kind::failed);
  for (const char* message : {"", "c=biws", "c=biws,p=AAAA", "c=biws,r=x,p=AAAA", "c=!,r=x,p=AAAA",
                              "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=!"}) {
    ScramExchange scram = exchange();
    static_cast<void>(scram.step(kFirst));
    static_cast<void>(scram.use_keys(pencil_record()));
    EXPECT_EQ(scram.step(message).kind, Kind::failed) << message;
  }
}

TEST(ScramExchange, ChannelBindingMustBeThisConnections) {
  const auto end_with = [](const std::string& bound) {
    ScramExchange scram = exchange(true, inside_tls());
    EXPECT_EQ(scram.step("p=tls-exporter,,n=user,r=nonce").kind, Kind::find_keys);
    static_cast<void>(scram.use_keys(pencil_record()));
    return scram
        .step("c=" + encode_base64(bound) + ",r=nonce" + std::string(kServerNonce) + ",p=AAAA")
        .kind;
  };
  EXPECT_EQ(end_with("p=tls-exporter,,exported"), Kind::proof);
  EXPECT_EQ(end_with("p=tls-exporter,,imported"), Kind::failed);
  EXPECT_EQ(end_with("p=tls-exporter,,"), Kind::failed);
  EXPECT_EQ(end_with("n,,"), Kind::failed);
}

TEST(ScramExchange, NobodyCanHideChannelBindingFromAClient) {
  EXPECT_EQ(exchange(false, inside_tls()).step("y,,n=user,r=nonce").kind, Kind::failed);
  EXPECT_EQ(exchange(false, inside_tls()).step("n,,n=user,r=nonce").kind, Kind::find_keys);
  EXPECT_EQ(exchange(false).step("y,,n=user,r=nonce").kind, Kind::find_keys);
  EXPECT_EQ(exchange(false, inside_tls()).step("p=tls-exporter,,n=user,r=nonce").kind,
            Kind::failed);
  EXPECT_EQ(exchange(true, inside_tls()).step("n,,n=user,r=nonce").kind, Kind::failed);
  EXPECT_EQ(exchange(true, inside_tls()).step("p=tls-unique,,n=user,r=nonce").kind, Kind::failed);
  EXPECT_EQ(exchange(true, inside_tls()).step("p=tls-colour,,n=user,r=nonce").kind, Kind::failed);
}

}  // namespace
}  // namespace mailkeep::sasl
