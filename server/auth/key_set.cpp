// KeySet: keys as JSON, and signatures by them.
#include <algorithm>
#include <optional>
#include <stdexcept>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "server/auth/jwt.h"

namespace mailkeep::server {

namespace json = boost::json;

namespace {

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
constexpr std::size_t kCoordinateBytes = 32;  // of P-256 and Ed25519

struct FreeParameters {
  void operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
  void operator()(OSSL_PARAM* parameters) const { OSSL_PARAM_free(parameters); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(ECDSA_SIG* signature) const { ECDSA_SIG_free(signature); }
};
using Builder = std::unique_ptr<OSSL_PARAM_BLD, FreeParameters>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number number(std::string_view big_endian) {
  return {BN_bin2bn(octets(big_endian), static_cast<int>(big_endian.size()), nullptr), &BN_free};
}

EVP_PKEY* key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, FreeParameters> parameters(OSSL_PARAM_BLD_to_param(builder));
  const std::unique_ptr<EVP_PKEY_CTX, FreeParameters> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return key;
}

std::string octets_of(const json::object& key, const char* name) {
  const json::value* value = key.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return decode_base64url(std::string_view(value->as_string()));
}

// RFC 7518 6.3.1. Short moduli are no protection.
EVP_PKEY* rsa_key(const json::object& key) {
  constexpr std::size_t kLeastBytes = 256;
  const std::string modulus = octets_of(key, "n");
  const std::string exponent = octets_of(key, "e");
  if (modulus.size() < kLeastBytes || exponent.empty()) return nullptr;
  const Number n = number(modulus);
  const Number e = number(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return key_from("RSA", builder.get());
}

EVP_PKEY* p256_key(const json::object& key) {  // RFC 7518 6.2.1
  const std::string x = octets_of(key, "x");
  const std::string y = octets_of(key, "y");
  if (x.size() != kCoordinateBytes || y.size() != kCoordinateBytes) return nullptr;
  const std::string point = '\x04' + x + y;
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return key_from("EC", builder.get());
}

EVP_PKEY* ed25519_key(const json::object& key) {  // RFC 8037 2
  const std::string x = octets_of(key, "x");
  if (x.size() != kCoordinateBytes) return nullptr;
  return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(x), x.size());
}

bool says(const json::object& key, const char* name, std::string_view wanted) {
  const json::value* value = key.if_contains(name);
  return value != nullptr && value->is_string() && std::string_view(value->as_string()) == wanted;
}

// RFC 7518 3.4: both numbers one after the other; the library wants them as ASN.1 has them.
std::optional<std::string> asn1_signature(std::string_view pair) {
  if (pair.size() != 2 * kCoordinateBytes) return std::nullopt;
  const std::unique_ptr<ECDSA_SIG, FreeParameters> signature(ECDSA_SIG_new());
  Number r = number(pair.substr(0, kCoordinateBytes));
  Number s = number(pair.substr(kCoordinateBytes));
  if (!signature || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return std::nullopt;
  static_cast<void>(r.release()), static_cast<void>(s.release());
  unsigned char* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &encoded);
  if (size <= 0) return std::nullopt;
  std::string result(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
  OPENSSL_free(encoded);
  return result;
}

}  // namespace

void KeySet::Free::operator()(EVP_PKEY* key) const {
  EVP_PKEY_free(key);
}

KeySet::KeySet(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  const json::object* set = error ? nullptr : value.if_object();
  const json::value* list = set == nullptr ? nullptr : set->if_contains("keys");
  if (list == nullptr || !list->is_array()) throw std::runtime_error("not a JSON Web Key Set");
  for (const json::value& each : list->as_array()) {
    const json::object* object = each.if_object();
    if (object == nullptr || says(*object, "use", "enc")) continue;
    Key key;
    if (says(*object, "kty", "RSA")) {
      key.algorithm = Algorithm::rs256;
      key.key.reset(rsa_key(*object));
    } else if (says(*object, "kty", "EC") && says(*object, "crv", "P-256")) {
      key.algorithm = Algorithm::es256;
      key.key.reset(p256_key(*object));
    } else if (says(*object, "kty", "OKP") && says(*object, "crv", "Ed25519")) {
      key.algorithm = Algorithm::eddsa;
      key.key.reset(ed25519_key(*object));
    }
    if (!key.key) continue;
    if (const json::value* id = object->if_contains("kid"); id != nullptr && id->is_string()) {
      key.id = std::string_view(id->as_string());
    }
    keys_.push_back(std::move(key));
  }
  if (keys_.empty()) throw std::runtime_error("no key of RS256, ES256 or EdDSA");
}

KeySet::~KeySet() = default;
KeySet::KeySet(KeySet&&) noexcept = default;

bool KeySet::verify(Algorithm algorithm, std::string_view id, std::string_view text,
                    std::string_view signature) const {
  std::string encoded(signature);
  if (algorithm == Algorithm::es256) encoded = asn1_signature(signature).value_or("");
  if (encoded.empty()) return false;
  const EVP_MD* const digest = algorithm == Algorithm::eddsa ? nullptr : EVP_sha256();
  return std::ranges::any_of(keys_, [&](const Key& key) {
    if (key.algorithm != algorithm || (!id.empty() && !key.id.empty() && key.id != id))
      return false;
    const std::unique_ptr<EVP_MD_CTX, FreeParameters> context(EVP_MD_CTX_new());
    return context &&
           EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.key.get()) == 1 &&
           EVP_DigestVerify(context.get(), octets(encoded), encoded.size(), octets(text),
                            text.size()) == 1;
  });
}

}  // namespace mailkeep::server
