#include "server/auth/jwt.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "protocol/sasl/base64.h"
#include "server/auth/oauth_tokens.h"

namespace mailkeep::server {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;

std::string base64url(std::string_view octets) {
  std::string text = sasl::encode_base64(octets);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

// A key pair that signs tokens and shows itself as JSON.
class Signer {
 public:
  enum class Kind { rsa, ec, ed };
  explicit Signer(Kind kind, std::string id = "") : kind_(kind), id_(std::move(id)) {
    switch (kind) {
      case Kind::rsa:
        key_.reset(EVP_RSA_gen(2048));
        break;
      case Kind::ec:
        key_.reset(EVP_EC_gen("P-256"));
        break;
      case Kind::ed:
        key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
        break;
    }
  }

  std::string json() const {
    const std::string id = id_.empty() ? "" : ",\"kid\":\"" + id_ + "\"";
    switch (kind_) {
      case Kind::rsa:
        return R"({"kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
               number(OSSL_PKEY_PARAM_RSA_E) + '"' + id + '}';
      case Kind::ec:
        return R"({"kty":"EC","crv":"P-256","x":")" + number(OSSL_PKEY_PARAM_EC_PUB_X, 32) +
               R"(","y":")" + number(OSSL_PKEY_PARAM_EC_PUB_Y, 32) + '"' + id + '}';
      case Kind::ed: {
        std::string x(32, '\0');
        std::size_t size = x.size();
        EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(x.data()), &size);
        return R"({"kty":"OKP","crv":"Ed25519","x":")" + base64url(x) + '"' + id + '}';
      }
    }
    return "";
  }

  std::string token(const std::string& claims, std::string header = "") const {
    const std::string id = id_.empty() ? "" : ",\"kid\":\"" + id_ + "\"";
    if (header.empty()) header = R"({"alg":")" + algorithm() + '"' + id + '}';
    const std::string text = base64url(header) + '.' + base64url(claims);
    return text + '.' + base64url(sign(text));
  }

 private:
  std::string algorithm() const {
    return kind_ == Kind::rsa ? "RS256" : kind_ == Kind::ec ? "ES256" : "EdDSA";
  }

  std::string number(const char* name, int width = 0) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), name, &value);
    std::string octets(static_cast<std::size_t>(width == 0 ? BN_num_bytes(value) : width), '\0');
    BN_bn2binpad(value, reinterpret_cast<unsigned char*>(octets.data()),
                 static_cast<int>(octets.size()));
    BN_free(value);
    return base64url(octets);
  }

  std::string sign(const std::string& text) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, kind_ == Kind::ed ? nullptr : EVP_sha256(), nullptr,
                       key_.get());
    std::size_t size = 1024;
    std::string signature(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    signature.resize(size);
    if (kind_ != Kind::ec) return signature;
    const auto* encoded = reinterpret_cast<const unsigned char*>(signature.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &encoded, static_cast<long>(size));
    std::string fixed(64, '\0');
    auto* out = reinterpret_cast<unsigned char*>(fixed.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32);
    ECDSA_SIG_free(pair);
    return fixed;
  }

  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  Kind kind_;
  std::string id_;
  std::unique_ptr<EVP_PKEY, Free> key_;
};

std::string key_set(std::initializer_list<const Signer*> signers) {
  std::string list;
  for (const Signer* signer : signers) list += (list.empty() ? "" : ",") + signer->json();
  return R"({"keys":[)" + list + "]}";
}

std::string claims(const std::string& more = "") {
  return R"({"iss":"https://id.example","aud":["other","mail"],"exp":1700000100,"email":"Ann@x")" +
         more + '}';
}

TokenRules rules() {
  return {
      .issuer = "https://id.example", .audiences = {"mail"}, .scope = "", .name_claim = "email"};
}

TEST(Jwt, AcceptsTheThreeAlgorithms) {
  const Signer rsa(Signer::Kind::rsa);
  const Signer ec(Signer::Kind::ec, "one");
  const Signer ed(Signer::Kind::ed, "two");
  const KeySet keys(key_set({&rsa, &ec, &ed}));
  EXPECT_EQ(keys.size(), 3U);
  for (const Signer* signer : {&rsa, &ec, &ed}) {
    const TokenVerdict verdict = check_jwt(signer->token(claims()), keys, rules(), kNow);
    EXPECT_TRUE(verdict.valid) << verdict.detail;
    EXPECT_EQ(verdict.name, "Ann@x");
  }
}

class JwtTest : public ::testing::Test {
 protected:
  std::string refusal(const std::string& token, const TokenRules& wanted = rules()) {
    const TokenVerdict verdict = check_jwt(token, keys_, wanted, kNow);
    EXPECT_FALSE(verdict.valid);
    return verdict.detail;
  }
  Signer signer_{Signer::Kind::ed, "k"};
  KeySet keys_{key_set({&signer_})};
};

TEST_F(JwtTest, RefusesNoneAndOtherAlgorithms) {
  const std::string expected = "the token's algorithm is not accepted";
  EXPECT_EQ(refusal(signer_.token(claims(), R"({"alg":"none"})")), expected);
  EXPECT_EQ(refusal(base64url(R"({"alg":"none"})") + '.' + base64url(claims()) + '.'), expected);
  EXPECT_EQ(refusal(signer_.token(claims(), R"({"alg":"HS256"})")), expected);
  EXPECT_EQ(refusal(signer_.token(claims(), R"({"alg":["EdDSA"]})")), expected);
  EXPECT_EQ(refusal(signer_.token(claims(), "{}")), expected);
}

TEST_F(JwtTest, RefusesSignaturesOfOtherKeysAndAlgorithms) {
  const std::string expected = "the token's signature is not of a known key";
  EXPECT_EQ(refusal(Signer(Signer::Kind::ed, "k").token(claims())), expected);
  EXPECT_EQ(refusal(Signer(Signer::Kind::ec, "k").token(claims())), expected);
  EXPECT_EQ(refusal(signer_.token(claims(), R"({"alg":"EdDSA","kid":"other"})")), expected);
  EXPECT_EQ(refusal(signer_.token(claims(), R"({"alg":"ES256"})")), expected);
  std::string changed = signer_.token(claims());
  const std::string other = base64url(claims(",\"x\":1"));
  changed.replace(changed.find('.') + 1, changed.rfind('.') - changed.find('.') - 1, other);
  EXPECT_EQ(refusal(changed), expected);
}

TEST_F(JwtTest, RefusesAnotherAudienceIssuerOrScope) {
  EXPECT_EQ(refusal(signer_.token(R"({"iss":"https://id.example","aud":"web","exp":1700000100})")),
            "the token is for another audience");
  EXPECT_EQ(refusal(signer_.token(R"({"iss":"https://id.example","exp":1700000100})")),
            "the token is for another audience");
  EXPECT_EQ(
      refusal(signer_.token(R"({"iss":"https://evil.example","aud":"mail","exp":1700000100})")),
      "the token is of another issuer");
  TokenRules scoped = rules();
  scoped.scope = "imap";
  EXPECT_EQ(refusal(signer_.token(claims(R"(,"scope":"imaps smtp")")), scoped),
            "the token does not have the scope");
  EXPECT_TRUE(
      check_jwt(signer_.token(claims(R"(,"scope":"smtp imap")")), keys_, scoped, kNow).valid);
}

TEST_F(JwtTest, ClocksMayDifferByAMinuteAndNoMore) {
  const auto with = [&](const std::string& times) {
    return check_jwt(
        signer_.token(R"({"iss":"https://id.example","aud":"mail","email":"a")" + times + '}'),
        keys_, rules(), kNow);
  };
  EXPECT_TRUE(with(",\"exp\":1699999941").valid);
  EXPECT_EQ(with(",\"exp\":1699999940").detail, "the token has expired");
  EXPECT_EQ(with("").detail, "the token has no expiry");
  EXPECT_EQ(with(R"(,"exp":"1700000100")").detail, "the token has no expiry");
  EXPECT_EQ(with(",\"exp\":1e300").detail, "the token has no expiry");
  EXPECT_TRUE(with(",\"exp\":1700000100,\"nbf\":1700000060").valid);
  EXPECT_EQ(with(",\"exp\":1700000100,\"nbf\":1700000061").detail, "the token is not valid yet");
  EXPECT_EQ(with(",\"exp\":1700000100,\"iat\":1700000061").detail, "the token is not valid yet");
}

TEST_F(JwtTest, RefusesWhatIsNoToken) {
  for (const char* token : {"", ".", "..", "a.b.c", "a.b", "a.b.c.d", "e30.e30.", "e30=.e30.e30"}) {
    EXPECT_FALSE(check_jwt(token, keys_, rules(), kNow).valid) << token;
  }
  EXPECT_EQ(refusal(signer_.token("no json")), "the token's claims are no JSON");
  EXPECT_EQ(refusal(signer_.token(claims(), R"({"alg":"EdDSA","crit":["exp"]})")),
            "the token has critical extensions");
  EXPECT_EQ(refusal(signer_.token(
                R"({"iss":"https://id.example","aud":"mail","exp":1700000100,"email":7})")),
            "the token has no claim email");
  const std::string deep(1000, '[');
  EXPECT_FALSE(check_jwt(signer_.token("{\"a\":" + deep), keys_, rules(), kNow).valid);
  EXPECT_TRUE(looks_like_jwt(signer_.token(claims())));
  EXPECT_FALSE(looks_like_jwt("opaque"));
}

TEST(KeySet, RefusesWhatIsNone) {
  for (const char* text :
       {"", "{}", "[]", R"({"keys":[]})", R"({"keys":[{"kty":"oct","k":"AAAA"}]})",
        R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})",
        R"({"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})", R"({"keys":[7]})"}) {
    EXPECT_THROW(KeySet{text}, std::runtime_error) << text;
  }
}

TEST(OAuthTokens, ReadKeysAgainAndAskAboutOpaqueTokens) {
  std::string name = (std::filesystem::temp_directory_path() / "mailkeep-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(name.data());
  const Signer first(Signer::Kind::ed);
  const Signer second(Signer::Kind::ec);
  std::ofstream(folder / "keys") << key_set({&first});
  std::string answer = R"({"active":true,"aud":"mail","iss":"https://id.example","email":"bob"})";
  std::string problem;
  OAuthTokens tokens(folder / "keys", rules(), [&](std::string_view, std::string& failure) {
    failure = problem;
    return answer;
  });
  EXPECT_TRUE(tokens.check(first.token(claims()), kNow).valid);
  EXPECT_FALSE(tokens.check(second.token(claims()), kNow).valid);
  std::ofstream(folder / "keys") << key_set({&second});
  std::filesystem::last_write_time(
      folder / "keys", std::filesystem::file_time_type::clock::now() + std::chrono::seconds(5));
  EXPECT_TRUE(tokens.check(second.token(claims()), kNow).valid);
  EXPECT_EQ(tokens.check("opaque", kNow).name, "bob");
  answer = R"({"active":false})";
  EXPECT_FALSE(tokens.check("opaque", kNow).valid);
  answer = "<html>";
  EXPECT_TRUE(tokens.check("opaque", kNow).unavailable);
  problem = "status 500";
  EXPECT_TRUE(tokens.check("opaque", kNow).unavailable);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mailkeep::server
