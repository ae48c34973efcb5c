#include "protocol/sasl/scram.h"

#include <array>
#include <limits>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "protocol/sasl/prepare.h"
#include "protocol/sasl/secret.h"

namespace mailkeep::sasl {
namespace {

constexpr std::size_t kHashBytes = SHA256_DIGEST_LENGTH;
using Hash = std::array<unsigned char, kHashBytes>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_string(const Hash& hash) {
  return {hash.begin(), hash.end()};
}

Hash hmac(const Hash& key, std::string_view text) {
  Hash result{};
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(text), text.size(),
           result.data(), &length) == nullptr) {
    throw std::runtime_error("HMAC-SHA-256 failed");
  }
  return result;
}

// StoredKey and ServerKey of RFC 5802 3.
struct Keys {
  Hash stored;
  Hash server;
};

Keys derive(std::string_view password, std::string_view salt, std::uint32_t iterations) {
  if (iterations == 0 || iterations > std::numeric_limits<std::int32_t>::max()) {
    throw std::runtime_error("a password record needs between 1 and 2^31 iterations");
  }
  std::string prepared = prepare(password).value_or(std::string(password));
  const CleanseAtExit wipe_prepared(prepared);
  Hash salted{};
  if (PKCS5_PBKDF2_HMAC(prepared.data(), static_cast<int>(prepared.size()), octets(salt),
                        static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                        static_cast<int>(salted.size()), salted.data()) != 1) {
    throw std::runtime_error("PBKDF2 failed");
  }
  Hash client_key = hmac(salted, "Client Key");
  Keys keys{};
  keys.server = hmac(salted, "Server Key");
  SHA256(client_key.data(), client_key.size(), keys.stored.data());
  OPENSSL_cleanse(salted.data(), salted.size());
  OPENSSL_cleanse(client_key.data(), client_key.size());
  return keys;
}

}  // namespace

store::PasswordRecord make_record(std::string_view password, std::string_view salt,
                                  std::uint32_t iterations) {
  const Keys keys = derive(password, salt, iterations);
  return store::PasswordRecord{.iterations = iterations,
                               .salt = std::string(salt),
                               .stored_key = to_string(keys.stored),
                               .server_key = to_string(keys.server)};
}

store::PasswordRecord make_record(std::string_view password) {
  std::array<unsigned char, kSaltBytes> salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) {
    throw std::runtime_error("no random numbers for a salt");
  }
  return make_record(password, {reinterpret_cast<const char*>(salt.data()), salt.size()},
                     kDefaultIterations);
}

bool verify_password(const store::PasswordRecord& record, std::string_view password) {
  if (record.iterations == 0 || password.empty()) return false;
  Keys keys = derive(password, record.salt, record.iterations);
  const bool same =
      record.stored_key.size() == keys.stored.size() &&
      CRYPTO_memcmp(record.stored_key.data(), keys.stored.data(), keys.stored.size()) == 0;
  OPENSSL_cleanse(&keys, sizeof keys);
  return same;
}

}  // namespace mailkeep::sasl
